# The two commands that do everything: `make load` and `make test`. Both need only Python 3.11-3.13 and a package index.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
# A process of tests for every core; one that has no tests left takes some of another's. `make test PARALLEL=` uses one process.
PARALLEL ?= -n logical --dist worksteal
# The runtime lock is a subset of the development lock: resolved second and held to its versions.
LOCK_OPTIONS := -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras --custom-compile-command "make lock"

.PHONY: help load test test-fast lint format dev-server lock clean bench

help:           ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

load: $(VENV)/.runtime      ## run the nightly load on data/inbox and publish data/published/jixiao.duckdb
	@$(BIN)/jixiao load

test: $(VENV)/.dev lint     ## every check and every test
	$(BIN)/pytest $(PARALLEL)

test-fast: $(VENV)/.dev     ## the tests for every change, under three minutes
	$(BIN)/pytest $(PARALLEL) -m "not slow"

lint: $(VENV)/.dev          ## ruff, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@# Each takes the better part of a minute on one core: they run beside each other, and both must pass.
	$(BIN)/mypy & types=$$!; $(BIN)/python -m tests.lint_sql; sql=$$?; wait $$types && exit $$sql

format: $(VENV)/.dev        ## rewrite Python in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dev-server: $(VENV)/.runtime ## Dagster's web server and daemon on loopback
	$(BIN)/jixiao serve

lock: $(VENV)/.dev          ## renew locks/ from pyproject.toml
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --group dev -o locks/dev.txt
	$(BIN)/uv pip compile $(LOCK_OPTIONS) -c locks/dev.txt pyproject.toml -o locks/runtime.txt

clean:          ## remove the environment and everything a load made (never the inbox)
	rm -rf $(VENV) .hypothesis .pytest_cache .ruff_cache .mypy_cache build dist
	find data -mindepth 1 -maxdepth 1 ! -name inbox ! -name catalog ! -name corrections -exec rm -rf {} +

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "jixiao needs Python 3.11, 3.12 or 3.13 with the venv module: install one, or name it with make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Bytecode is compiled once here: without it every process would compile some 14,000 files when it starts.
$(VENV)/.runtime: $(VENV)/.python locks/runtime.txt pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/runtime.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 0 pipelines
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime locks/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@
