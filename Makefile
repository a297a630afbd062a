# make run · make test · make check · make format · make docs · make bench · make broken

PYTHON ?= python3
LISTEN ?= 127.0.0.1:8088
BIN := .venv/bin
SOURCES := src tests $(wildcard bench)
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check
EDITABLE := $(PIP) --no-deps --no-build-isolation --editable .

export PYTHONPATH :=

.PHONY: run test check lint format docs bench broken clean

run: .venv/.installed
	@$(BIN)/postroom serve --demo --data ./data --listen $(LISTEN)

test: .venv/.installed-dev
	@scripts/prepare-tests
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: .venv/.installed-dev lint
	@$(BIN)/python -m pytest -q -m "not slow"

lint: .venv/.installed-dev
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports --no-cache --no-logo

format: .venv/.installed-dev
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

docs: .venv/.installed
	@$(BIN)/postroom config keys > docs/configuration.md

bench: .venv/.installed-dev
	@$(BIN)/python -m bench

broken: .venv/.installed-dev
	@$(BIN)/python -m tests.broken

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@scripts/make-venv $(PYTHON)

.venv/.installed: pyproject.toml requirements/run.txt requirements/build.txt | .venv/bin/python
	@echo "Installing what Postroom needs into .venv"
	@$(PIP) -r requirements/build.txt -r requirements/run.txt
	@$(EDITABLE)
	@touch $@

.venv/.installed-dev: .venv/.installed requirements/dev.txt
	@echo "Installing what the tests need into .venv"
	@$(PIP) -r requirements/dev.txt
	@touch $@
