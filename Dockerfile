# syntax=docker/dockerfile:1
# The one binary, in an image with nothing beside it but the C library: no shell, no package manager, no root.

# The Rust release that the workspace is built with: see rust-version in Cargo.toml.
ARG RUST_VERSION=1.95

FROM rust:${RUST_VERSION}-bookworm AS build
WORKDIR /src
COPY . .
# What cargo downloads and what it has built are kept between builds, outside the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo run --release --locked --package ui-build \
    && cargo build --release --locked --package moneyflow \
    && install -D --strip target/release/moneyflow /out/moneyflow \
    && install -d /out/data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/moneyflow /usr/local/bin/moneyflow
# Where `moneyflow up` keeps its files when no URL names a database and a queue.
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV MONEYFLOW_DATA_DIR=/data
USER nonroot
# Composer API, router, payments API, worker's health, payments over gRPC.
EXPOSE 8000 8001 8002 8003 50051
ENTRYPOINT ["/usr/local/bin/moneyflow"]
CMD ["--help"]
