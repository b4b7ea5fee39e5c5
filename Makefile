# `make demo` and `make test` need Python 3.11 or later and nothing else: they make what they use.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON = $(shell tools/find-pythons primary)
BIN := .venv/bin
CORE_TESTS := $(wildcard $(addprefix tests/,core codec conventions analysis preflight))
# Python caches of this checkout's own tools; a run must not depend on them.
PYTEST := $(BIN)/python -m pytest -n 2 -rs

.PHONY: help
help:
	@echo "make demo    the story of README.md on the shipped example, in a temporary folder"
	@echo "make test    everything CI runs: check, then all tests on each Python that is here"
	@echo "make check   formatting, lint, types and import contracts"
	@echo "make bench   the benchmark table (ARGS=... for benchmarks/status.py)"
	@echo "make docs    write the generated pages of docs/ again"
	@echo "make lock    resolve the lock files again"
	@echo "make clean   remove what the other targets made"

.PHONY: demo
demo:
	@tools/make-venv .venv-demo "$(PYTHON)" requirements.lock
	@.venv-demo/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
	  --no-deps --no-build-isolation --force-reinstall .
	@.venv-demo/bin/mops-bundle demo

.PHONY: environment
environment:
	@tools/make-venv .venv "$(PYTHON)" requirements-dev.lock
	@tools/install-editable .venv

.PHONY: check
check: environment
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: system
system:
	@tools/system-tools git skopeo docker-registry openssl chromium zsh fish
	@tools/make-azurite
	@tools/make-frameworks

.PHONY: test-core
test-core: environment system
	@tools/test-on-other-pythons requirements-dev.lock $(CORE_TESTS)

# The whole suite comes last: the last line of the output is its summary.
.PHONY: test
test: check test-core
	@echo "== Python $$($(BIN)/python -c 'import platform; print(platform.python_version())'): the whole suite"
	@$(PYTEST)

.PHONY: bench
bench: environment
	@$(BIN)/python benchmarks/status.py $(ARGS)

.PHONY: docs
docs: environment
	@$(BIN)/python tools/generate_docs.py

# Pins and hashes only: where packages come from is the business of the machine that installs them.
.PHONY: lock
lock:
	@tools/lock "$(PYTHON)"

.PHONY: clean
clean:
	rm -rf .venv .venv-* .azurite .frameworks build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
