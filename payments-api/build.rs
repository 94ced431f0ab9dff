//! Makes Rust of the `.proto`, and the description of it that reflection gives out.

use std::error::Error;
use std::path::PathBuf;

const ROOT: &str = "proto";
const FILE: &str = "payment/v1/payment.proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let mut compiler = protox::Compiler::new([ROOT])?;
    // With its comments, for those who read it through reflection.
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file(FILE)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo says where to write")?);
    std::fs::write(out.join("payment_v1.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
