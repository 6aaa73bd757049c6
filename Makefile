# `make` lists the targets. Every variable can be set: make run DATA=table.csv TARGET=price
VENV   ?= .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH  ?= torch==2.13.0
DATA   ?= @breast-cancer
TARGET ?=
JOBS   ?= 2
SECONDS ?= 60
READERS ?= all
BIN    := $(VENV)/bin
PARTS_OF_BENCH := $(addprefix benchmarks/,rows.py forecasting.py language.py series_classes.py) # the last three by kinds.py
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help env run test test-slow check fix bench fuzz docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(STAMP) ## make the virtual environment; again only when pyproject.toml or constraints.txt changed

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt $(TORCH)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

run: env ## train a network: make run DATA=table.csv TARGET=column
	$(BIN)/netwright fit $(DATA) $(if $(TARGET),--target $(TARGET))

test: check ## check, then every test that is not slow
	$(BIN)/python -m pytest -m 'not slow' --ignore=tests/house --doctest-modules -n $(JOBS) --dist worksteal tests src

test-slow: env ## the proofs that take minutes
	$(BIN)/python -m pytest -m slow tests

check: env ## style, types, import contract, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest tests/house

fix: env ## mend what the tools can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: env ## measure speed and quality against peers; hours
	set -e; for file in $(filter-out $(PARTS_OF_BENCH),$(wildcard benchmarks/*.py)); do echo "== $$file"; $(BIN)/python "$$file"; done

fuzz: env ## feed spoilt files to each reader, guided by coverage: make fuzz SECONDS=60 READERS="csv recipe"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[fuzz]'
	$(BIN)/python tests/fuzz/atheris_readers.py $(READERS) --seconds $(SECONDS)

docs: env ## write the pages of docs/ that are made from the program
	$(BIN)/python docs/generate.py

clean: ## remove caches and builds; keeps runs/ and the environment
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests docs benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +
