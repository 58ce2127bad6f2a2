# The same words on a laptop and in CI. `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ROOT := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
VENV ?= $(ROOT)/.venv
PYTHON ?= python3
BIN := $(VENV)/bin
# Everything runs from the root of the tree, whatever folder `make` was called in.
RUN := cd "$(ROOT)" && export PATH="$(BIN):$$PATH" &&

CODE := config lti_tool integrations tasks sandbox tests
COVERAGE_FLOOR ?= 85
PYTEST ?= python -m pytest -q
COVERAGE ?=

# ---------------------------------------------------------------- what a person runs

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(VENV)/demo.stamp ## Run everything on this machine, with a stand-in LMS and Google (FRESH=1 starts anew)
	@$(RUN) exec python -m lti_tool.cli demo $(if $(FRESH),--fresh)

.PHONY: test
test: $(VENV)/dev.stamp browser ## Run all tests, on SQLite and files, on PostgreSQL and Redis, and in a browser
	@$(RUN) $(PYTEST) -n 2 --dist loadfile $(COVERAGE) --ignore tests/e2e --ignore tests/benchmarks tests
	@$(MAKE) e2e COVERAGE="$(if $(COVERAGE),$(COVERAGE) --cov-append)"

.PHONY: e2e
e2e: $(VENV)/dev.stamp browser ## Run the browser tests alone
	@$(RUN) $(PYTEST) -n 0 $(COVERAGE) tests/e2e

.PHONY: story
story: $(VENV)/dev.stamp ## Play the demo's story without a browser: both platforms, both privacy levels, twice
	@$(RUN) python -m tests.story

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure the figures that the README states
	@$(RUN) python -m tests.benchmarks

.PHONY: faults
faults: $(VENV)/dev.stamp ## Kill processes at every named crash point and shuffle schedules (SEED=n repeats a run)
	@$(RUN) python -m tests.faults $(if $(SEED),--seed $(SEED))

.PHONY: mutation
mutation: $(VENV)/dev.stamp ## Change the safety rules on purpose and see that the tests notice
	@$(RUN) python -m tests.mutation

.PHONY: fmt
fmt: $(VENV)/dev.stamp ## Format the code
	@$(RUN) ruff check --fix --quiet . ; ruff format .

.PHONY: lint
lint: $(VENV)/dev.stamp ## Check style, layers, spelling and templates
	@$(RUN) ruff check . && ruff format --check .
	@$(RUN) lint-imports
	@$(RUN) codespell
	@$(RUN) djlint --quiet --lint lti_tool sandbox

.PHONY: types
types: $(VENV)/dev.stamp ## Check the types
	@$(RUN) mypy $(CODE)

.PHONY: sure
sure: ## Do all that CI does
	@set -e; for step in lint types test-with-coverage mutation story bench; do \
	  started=$$SECONDS; echo "== $$step"; $(MAKE) $$step; echo "== $$step: $$((SECONDS - started)) s"; \
	done

.PHONY: migrate
migrate: $(VENV)/demo.stamp ## Bring the database of the current settings up to date
	@$(RUN) python -m lti_tool.cli migrate

.PHONY: lock
lock: $(VENV)/uv.stamp ## Pin all requirements again, with hashes and without naming a registry
	@$(RUN) cd requirements; \
	compile="uv pip compile --no-config --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes $(UPGRADE)"; \
	$$compile run.in -o run.txt; \
	$$compile sandbox.in -c run.txt -o sandbox.txt; \
	$$compile dev.in -c sandbox.txt -o dev.txt; \
	$$compile uv.in -o uv.txt

.PHONY: clean
clean: ## Remove the environment, caches and the demo's state
	@cd $(ROOT) && rm -rf .venv var mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	@cd $(ROOT) && find . -name __pycache__ -prune -exec rm -rf {} +

# ---------------------------------------------------------------- what those need

.PHONY: test-with-coverage
test-with-coverage:
	@$(MAKE) test COVERAGE="--cov --cov-report="
	@$(RUN) coverage report --fail-under=$(COVERAGE_FLOOR)
	@$(RUN) coverage report --include 'lti_tool/domain/*' --fail-under=100

# Chromium comes from Debian: Playwright's own builds need a download that many networks refuse.
.PHONY: browser
browser:
	@if ! command -v "$${CHROMIUM:-chromium}" chromium-browser google-chrome google-chrome-stable >/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
	  echo "Installing Chromium from Debian ..."; \
	  $$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq install --yes --no-install-recommends chromium >/dev/null || { \
	    echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium), or name it in CHROMIUM." >&2; exit 1; }; \
	fi

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/uv.stamp: $(ROOT)/requirements/uv.txt $(VENV)/python.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# uv is ten times faster; where it finds no registry (it does not read pip's configuration), pip does it.
$(VENV)/demo.stamp: $(ROOT)/requirements/sandbox.txt $(VENV)/uv.stamp
	@echo "Installing what the demo needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $< 2>$(VENV)/uv.log \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/dev.stamp: $(ROOT)/requirements/dev.txt $(VENV)/uv.stamp
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $< 2>$(VENV)/uv.log \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
