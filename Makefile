# `make demo` and `make test` need Python 3.11 or newer, make and git; everything else comes as wheels.
.DEFAULT_GOAL := help
.PHONY: help setup dev demo test test-fast test-long check format schema lock build bench clean
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STATIC := server/src/vedette_server/http/static
# Folders too: a file that is gone shows only in its folder's time.
DASHBOARD_SOURCES := schema/openapi.json $(shell find dashboard -name node_modules -prune -o -type f -print; find dashboard/src dashboard/public -type d)
PYTEST := $(BIN)/python -m pytest
# One version for every Python, so that everyone runs what was tested.
LOCK := .uv/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.uv/python: setup/uv.sh requirements/uv.txt
	@echo "Getting uv ..." && setup/uv.sh

.venv/.runtime: setup/environment.sh requirements/runtime.txt sdk/pyproject.toml server/pyproject.toml | .uv/python
	@echo "Installing the server ..." && setup/environment.sh && touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	@.uv/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt && touch $@

$(STATIC)/index.html: setup/dashboard.sh requirements/node.txt $(DASHBOARD_SOURCES) | .uv/python
	@echo "Building the dashboard ..." && setup/dashboard.sh >.uv/dashboard.log 2>&1 || { cat .uv/dashboard.log; exit 1; }
	@touch $@

setup: ## Everything that running needs, in .venv/bin/vedette
	@$(MAKE) --silent -j2 .venv/.runtime $(STATIC)/index.html

dev: ## Everything that checks and tests need
	@$(MAKE) --silent -j2 .venv/.dev $(STATIC)/index.html

demo: setup ## Two real segmentation programs, watched live in the browser
	@exec $(BIN)/vedette demo

test: dev ## All tests but the long ones
	$(PYTEST) -m "not long"

test-fast: .venv/.dev ## Unit, conformance and HTTP tests
	$(PYTEST) -q -m "not long" sdk/tests server/tests checks/tests

test-long: dev ## Kills, fuzzing and every client version
	$(PYTEST) -m long

check: dev ## Format, lint, types, imports, schema, licences, dashboard
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/vedette openapi | diff -u schema/openapi.json - || { echo "The API and its document differ: make schema"; exit 1; }
	$(BIN)/python checks/licences.py
	$(BIN)/python checks/locks.py
	setup/dashboard.sh check

format: dev ## Put code into shape
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

schema: .venv/.runtime ## Write schema/openapi.json anew
	$(BIN)/vedette openapi > schema/openapi.json

lock: .uv/python ## Versions and hashes for requirements/*.in (UPGRADE=1: the newest)
	@for name in uv node runtime dev; do $(LOCK) $(if $(UPGRADE),--upgrade) requirements/$$name.in -o requirements/$$name.txt || exit 1; done

build: setup ## Both wheels, in dist/
	.uv/bin/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python -o dist sdk
	.uv/bin/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python -o dist server

bench: setup ## All benchmarks, or one: make bench NAME=ingest
	@for name in $(or $(NAME),$(notdir $(basename $(shell grep -l RESULT bench/*.py)))); do $(BIN)/python bench/$$name.py || exit 1; done

clean: ## Remove what was made; data stays
	rm -rf .uv .venv .node dist dashboard/node_modules $(STATIC) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
