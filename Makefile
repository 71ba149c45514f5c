# One build configuration serves the demo, the tests and the benchmarks: a fresh clone compiles everything once.
# `swift test` builds with flags of its own, so nothing here lets it build.
BUILD_FLAGS := -c release -Xswiftc -enable-testing
# Hundreds of tests at once would all wait for each other; Swift Testing has no other switch for it yet.
TESTS_AT_ONCE := 12
MILLRACE := .build/release/millrace
FLIGHTS := examples/flights

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help bootstrap build demo test lint format bench clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{ printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Fetch what building and the demo need (says what is missing when it may not)
	@scripts/bootstrap

build: bootstrap ## Build the millrace program
	@swift build $(BUILD_FLAGS) --product millrace

demo: build ## Take the flights from raw files to checked, versioned, split training data
	@scripts/flights-data
	@scripts/demo

test: ## Run all tests (TEST_FLAGS="--filter NAME" for some)
	@scripts/bootstrap --test
	@swift build $(BUILD_FLAGS) --build-tests
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) swift test $(BUILD_FLAGS) --skip-build --parallel $(TEST_FLAGS)

lint: ## Check the code's form
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@for script in scripts/* .ci/run; do \
	    if head -n 1 "$$script" | grep -q bash; then bash -n "$$script"; fi; \
	done

format: ## Put the code into its form
	@swift format --in-place --recursive --parallel Sources Tests Package.swift

bench: build ## Measure against the same work in DuckDB, Polars, pandas, dbt and Spark (BENCH_FLAGS="--rows small")
	@swift build $(BUILD_FLAGS) --product StepsWorkload
	@swift build $(BUILD_FLAGS) --product ColumnarWorkload
	@python3 benchmarks/run.py $(BENCH_FLAGS)

clean: ## Remove what the demo and the benchmarks made
	@rm -rf $(FLIGHTS)/landing $(FLIGHTS)/store $(FLIGHTS)/.millrace benchmarks/work
