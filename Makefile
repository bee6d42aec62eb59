SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready-$(shell cat requirements/dev.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-12)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run test lint types fix data fit golden docs openapi lock notebook bench image clean

help: ## print the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(STAMP):
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.ready-*; touch $@

run: $(STAMP) ## serve the shipped model and print one worked example
	$(BIN)/compsvc serve

test: $(STAMP) ## lint, types and every test
	$(MAKE) --no-print-directory lint types
	$(BIN)/python -m pytest -q

lint: $(STAMP) ## ruff and codespell
	$(BIN)/ruff check compsvc tests benchmarks
	$(BIN)/ruff format --check compsvc tests benchmarks
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md docs compsvc/*.py

types: $(STAMP) ## mypy strict
	$(BIN)/mypy

fix: $(STAMP) ## mend what ruff can
	$(BIN)/ruff check --fix compsvc tests benchmarks
	$(BIN)/ruff format compsvc tests benchmarks

data: $(STAMP) ## rebuild datasets/ from the raw files
	$(BIN)/compsvc data build

fit: $(STAMP) ## fit, evaluate and promote a model from datasets/
	$(BIN)/compsvc fit --promote

golden: $(STAMP) ## rewrite golden tables (say why in the commit)
	$(BIN)/python -m pytest -q tests/test_golden.py --update-golden

docs: $(STAMP) ## rewrite what documents print: README, published roles and plans, formulas
	$(BIN)/python -m docs.readme
	$(BIN)/python -m docs.published_roles
	$(BIN)/python -m docs.published_plans
	$(BIN)/python -m docs.formulas

openapi: $(STAMP) ## rewrite the OpenAPI description
	$(BIN)/python -m compsvc.openapi

lock: ## rewrite the hashed lock files from pyproject.toml (needs uv)
	uv pip compile -q pyproject.toml --extra postgres --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -o requirements/serve.lock
	uv pip compile -q pyproject.toml --extra postgres --extra workshop --extra dev --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -o requirements/dev.lock

notebook: $(STAMP) ## execute the notebooks in place
	$(BIN)/python -m jupyter nbconvert --version >/dev/null 2>&1 || true
	$(BIN)/python -m pytest -q tests/test_notebooks.py

bench: $(STAMP) ## ratios against stated peers
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.batch
	$(BIN)/python -m benchmarks.headcount

image: ## build the container image
	docker build -t compsvc .

clean: ## remove the environment
	rm -rf $(VENV)
