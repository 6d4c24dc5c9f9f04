# Berdikari: `make run` and `make test` are all a fresh machine needs (Linux or macOS, Python 3.11 or later, make).
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
SCALE ?= 1
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
WITH_DATABASE := $(BIN)/python -m tangerang_poverty.trial.with_database
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11

.PHONY: help run test check format bench lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run-installed ## the whole product with its own PostgreSQL and a sample city; PORT=8001, SCALE=0.1 or 0
	@PORT='$(PORT)' SCALE='$(SCALE)' exec $(BIN)/python -m tangerang_poverty.trial.run

test: .venv/dev-installed ## the whole suite on a private PostgreSQL; ARGS= goes to pytest
	@exec $(WITH_DATABASE) $(BIN)/python -m pytest -n 2 --create-db $(ARGS)

check: .venv/dev-installed ## format, lint, types, import contracts, migrations, deployment settings
	@exec $(WITH_DATABASE) .ci/check

format: .venv/dev-installed ## put code and templates into the house format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/dev-installed ## speed and memory, side by side with peers; takes several minutes
	@exec $(BIN)/python -m benchmarks $(ARGS)

lock: .venv/dev-installed ## make requirements*.txt anew from requirements*.in
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade -c requirements.txt requirements-dev.in -o requirements-dev.txt

# Installed once for each state of the lock; an interrupted installation is done again.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; name one with PYTHON=." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/run-installed: requirements.txt | .venv/bin/python
	@echo "Installing what requirements.txt names ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev-installed: requirements-dev.txt | .venv/bin/python
	@echo "Installing what requirements-dev.txt names ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/run-installed
