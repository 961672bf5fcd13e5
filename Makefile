# make explore : environment, install, explorer on the leg-cramp network
# make test    : environment, install, every check and test
# Needs only Python >= 3.11 (PYTHON=... to choose which) and, for the browser tests, Chromium.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# Compiles the kernels once, so that nobody waits for them later.
WARM := $(BIN)/python -c 'from etiograph.engine.warm import warm_up; warm_up()'

.PHONY: explore test check style types suite test-long bench docs notebooks screenshots test-lowest install install-dev clean

explore: install
	$(BIN)/etiograph explore leg_cramps

# What is soon said comes first; then types and layers beside the tests, which leave a core free now and then.
test: style
	$(MAKE) --no-print-directory -j2 types suite

check: style types

style: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry model

suite: install-dev
	$(WARM)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-long: install-dev
	ETIOGRAPH_LONG=1 $(BIN)/python -m pytest -n $(WORKERS) -m "long or not long" --timeout 7200

bench: install-dev
	$(BIN)/python -m benchmarks --into docs/measured.md

docs: install-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

notebooks: install-dev
	$(BIN)/python notebooks/run.py

# The lowest versions that pyproject.toml names, in an environment of their own; no browser.
LOWEST := .venv-lowest
test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest -n $(WORKERS) -m "not browser and not long"

$(LOWEST)/.installed: pyproject.toml constraints-lowest.txt
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable '.[test]'
	touch $@

screenshots: install-dev
	ETIOGRAPH_REQUIRE_BROWSER=1 ETIOGRAPH_SCREENSHOTS=screenshots $(BIN)/python -m pytest -n 0 -m browser

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

# Stamps: pip runs once, and again when what it reads has changed.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	$(WARM)
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "etiograph needs Python 3.11 or newer; name it with make PYTHON=python3.x" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) $(LOWEST) site build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
