# Every command there is; `make` alone lists them.
#
#   PORT=8000          where demo and run listen (127.0.0.1)
#   DATABASE_URL=...   postgres://user@host/name; without it, SQLite in var/
#   ARGS=...           passed on to pytest, or to the script that takes pictures

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
CONSOLE := $(BIN)/stepdown
POSTGRES := $(filter postgres%,$(DATABASE_URL))

# The driver for PostgreSQL is only installed where PostgreSQL is asked for.
RUNNING := $(VENV)/.$(if $(POSTGRES),postgres,runtime)
TESTING := $(VENV)/.$(if $(POSTGRES),all,dev)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test check browser screens bench long lock clean

help: ## List these commands
	@echo "Stepdown. Start with 'make demo'."
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s  %s\n", $$1, $$2}' Makefile

demo: $(RUNNING) ## Set up, fill a unit with invented people, and serve it
	@$(CONSOLE) demo --port $(PORT)

run: $(RUNNING) ## Serve your own database (var/stepdown.sqlite3, or DATABASE_URL)
	@$(CONSOLE) migrate
	@$(CONSOLE) serve --port $(PORT)

test: $(TESTING) ## Set up and run the tests; clinical code must be fully covered
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --cov --cov-report=term-missing:skip-covered $(ARGS)

check: $(VENV)/.dev ## Lint, types, import contracts, templates, wording, licences
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	DATABASE_URL=sqlite:// $(BIN)/python -m django makemigrations --check --dry-run --settings tests.settings
	$(BIN)/python -m tools.check_templates
	$(BIN)/python -m tools.check_words
	$(BIN)/python -m tools.check_hazards
	$(BIN)/python -m tools.check_licences

browser: $(VENV)/.all ## Walk the pages in the Chromium of this machine
	$(BIN)/python -m pytest -m browser $(ARGS)

screens: $(VENV)/.all ## Take the pictures in docs/screens from a fresh demo
	$(BIN)/python -m tools.screenshots $(ARGS)

bench: $(VENV)/.$(if $(POSTGRES),postgres,runtime) ## Measure speed against the floor (bench/README.md)
	$(BIN)/python -m bench

long: $(VENV)/.all ## Deep checks: many properties, mutation, soak, load (two hours on 2 cores)
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n auto --maxprocesses 8 -m "long or hypothesis" $(ARGS)
	$(BIN)/python -m tools.mutate

lock: $(VENV)/.lock ## Pin the dependencies of pyproject.toml anew
	$(BIN)/python -m tools.lock

clean: ## Remove the virtual environment and every cache; var/ is left alone
	rm -rf $(VENV) build dist *.egg-info htmlcov .coverage .coverage.* .hypothesis
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp per lock file: unchanged locks cost nothing the second time.
$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Setting up: $<"
	@$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r $<
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Stepdown needs Python 3.11 or newer; name it with 'make PYTHON=/path/to/python3'." >&2; \
	exit 1
