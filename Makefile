# Two commands do everything: `make up` and `make test`. Both install what they need.
# Options are the program's own variables: MONEYFLOW_ROUTER_PORT=9001 make up
# On real servers: DATABASE_URL=postgres://… QUEUE_URL=amqp://… make up
# (Behind `make up` they work too, and are then seen in the list of processes, as all arguments are.)

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

DATA_DIR ?= data
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Where the store and the queue are, if not in the data folder.
DATABASE_URL ?=
QUEUE_URL ?=
# In the environment, which only this user's processes can read, and not among the arguments, which everybody can.
ifneq ($(DATABASE_URL),)
up bench: export MONEYFLOW_DATABASE_URL = $(DATABASE_URL)
endif
ifneq ($(QUEUE_URL),)
up bench: export MONEYFLOW_QUEUE_URL = $(QUEUE_URL)
endif

.PHONY: help up ui test clients bench simulate faults check clean-data migration tools test-tools

help: ## Says what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

tools:
	@scripts/tools build

test-tools:
	@scripts/tools test

ui: tools ## Builds the browser application, unless it is up to date
	@cargo run --release --locked --quiet --package ui-build

up: ui ## Builds and starts the whole system, with a demo company; Ctrl+C stops it
	@echo "make: building MoneyFlow (the first time takes some minutes, later seconds)"
	@cargo build --release --locked --package moneyflow
	@echo "make: starting it; what no URL names is in $(DATA_DIR)/"
	@exec $(TARGET)/release/moneyflow up --data-dir '$(DATA_DIR)'

test: test-tools ## Runs every test, on PostgreSQL and RabbitMQ servers of its own
	@scripts/test

clients: tools ## Talks to a system of its own with clients from PyPI, which `test` needs not: EXAMPLES=n sends more, SEED=n others
	@scripts/clients

bench: tools ## Measures a system of its own under load; DATABASE_URL= and QUEUE_URL= as for `up`
	@cargo build --release --locked --package moneyflow
	@$(TARGET)/release/moneyflow bench

SEEDS ?= 2000
simulate: tools ## Runs the worker through seeded sequences of faults; SEED=n replays one, SEEDS=n runs so many
	@cargo run --release --locked --quiet --package simulation -- $(if $(SEED),--seed $(SEED) --trace,--seeds $(SEEDS))

EVENTS ?= 20000
faults: test-tools ## Kills, freezes and fills up servers and workers under load, with so many events for each: EVENTS=n
	@MONEYFLOW_E2E_EVENTS=$(EVENTS) scripts/test -E 'package(e2e) & kind(test) & not binary(browser)'

check: tools ## Formatting, lints and docs, as CI checks them
	@scripts/check

migration: ## Starts a new migration of the store, a pair of files: make migration NAME=add_something
	@scripts/migration "$(NAME)"

clean-data: ## Removes the data of `make up`
	rm -rf $(DATA_DIR)
