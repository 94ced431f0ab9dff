# Two commands do everything: `make up` and `make test`. Both install what they need.
# Options are the program's own variables: MONEYFLOW_ROUTER_PORT=9001 make up

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

DATA_DIR ?= data
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help up test bench check clean-data migration tools

help: ## Says what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

tools:
	@scripts/tools

up: tools ## Builds and starts the whole system, with a demo company; Ctrl+C stops it
	@echo "make: building MoneyFlow (the first time takes some minutes, later seconds)"
	@cargo build --release --locked --package moneyflow
	@echo "make: starting it; its data is in $(DATA_DIR)/"
	@exec $(TARGET)/release/moneyflow up --data-dir $(DATA_DIR)

test: tools ## Runs every test
	@scripts/test

bench: tools ## Measures a system of its own under load
	@cargo build --release --locked --package moneyflow
	@$(TARGET)/release/moneyflow bench

check: tools ## Formatting, lints and docs, as CI checks them
	@scripts/check

migration: ## Starts a new migration of the store: make migration NAME=add_something
	@scripts/migration "$(NAME)"

clean-data: ## Removes the data of `make up`
	rm -rf $(DATA_DIR)
