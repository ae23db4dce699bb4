# simcore needs Python >= 3.11 and make, nothing else: `make demo` and `make test` fetch the rest into .venv.

PYTHON ?= python3
VENV ?= .venv
# The lowest versions are those of the lowest Python, in an environment of their own.
LOWEST_PYTHON ?= python3.11
LOWEST := .venv-lowest
# The page that `make demo` writes.
REPORT ?= trust-the-process.html
# More for pytest, as in `make suite PYTEST="-k pyramid"`.
PYTEST ?=

python := $(VENV)/bin/python
install := $(python) -m pip --quiet --disable-pip-version-check install
export PIP_ROOT_USER_ACTION := ignore

# A virtual environment belongs to one folder and one Python. Moved, or asked for with another, it is made anew.
identity := $(CURDIR) $(PYTHON)
ifneq ($(identity),$(shell cat $(VENV)/.identity 2>/dev/null))
$(shell rm -f $(VENV)/.runtime)
endif

.PHONY: help demo test quick lint types compiled suite long bounds all-bounds bits bits-aarch64 bench docs pages site links format lock lowest
.PHONY: clean
.DEFAULT_GOAL := help

help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: $(VENV)/.runtime ## Simulate the canonical scenario, and write a page of it
	@$(VENV)/bin/simcore run trust-the-process --report $(REPORT) --overwrite

test: demo lint types suite ## The demo, then lint, types and the whole suite

# Python keeps the bytecode of what it imports, even where the environment says not to: that saves a third of the time.
quick: export PYTHONDONTWRITEBYTECODE =
quick: lint types ## Within a minute: lint, types, and the fast tests that compile nothing
	$(python) -m pytest --quiet --numprocesses=2 --dist=worksteal -m "not slow and not long" --quick $(PYTEST)

lint: $(VENV)/.dev ## Style of the sources
	$(python) -m ruff check --output-format concise .
	$(python) -m ruff format --check .

types: $(VENV)/.dev ## Types, strictly
	$(python) -m tools.typecheck

compiled: $(VENV)/.runtime ## Compile all kernels: minutes on a new machine, seconds later
	@$(python) -m tools.compile

suite: $(VENV)/.dev compiled ## The tests alone, in two processes
	$(python) -m pytest --numprocesses=2 --dist=worksteal $(PYTEST)

long: $(VENV)/.dev compiled all-bounds ## What takes too long for every change: docs/long-checks.md
	$(python) -m pytest --numprocesses=2 --dist=worksteal -m long $(PYTEST)

# Compiled with checks, which needs a cache of its own. Every case is played, and nothing is compared: the twin would take
# most of the time.
bounds: $(VENV)/.dev ## The kernels once more, every index checked
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/.bounds $(python) -m pytest -q tests/kernels

all-bounds: $(VENV)/.dev ## The same in all comparisons with the twin: part of `long`
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/.bounds $(python) -m pytest -q tests/kernels $(wildcard tests/agreement/*agreement*.py) tests/agreement/test_rows_of_strategies.py tests/agreement/test_properties.py

bits: $(VENV)/.runtime ## The same bits in code for every level of x86-64: several minutes
	$(python) -m tools.bits

# It takes Debian's packages qemu-user-static and mmdebstrap, and a gigabyte in build/.
bits-aarch64: $(VENV)/.runtime ## The same bits in code for aarch64, emulated: long
	$(python) -m tools.bits --aarch64 build/aarch64

bench: $(VENV)/.dev ## Measure speed and memory, and write docs/benchmarks.md
	$(python) -m benchmarks.bench
	$(python) -m tools.docs

docs: pages site ## All of the documentation: `pages`, then `site`

pages: $(VENV)/.dev ## Rewrite the schemas and what commands print in README.md and docs/
	$(python) -m simcore.schema docs/schema
	$(python) -m tools.pictures
	$(python) -m tools.docs

site: $(VENV)/.dev ## Build the documentation site from the pages as they are: build/site/index.html
	$(python) -m tools.site build/site

links: $(VENV)/.dev ## Ask for every address outside that a page links to (needs the network)
	$(python) -m tools.site build/links --builder linkcheck

format: $(VENV)/.dev ## Rewrite the sources in the house style
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

lock: $(VENV)/.dev ## Pin the newest versions of everything, with hashes
	$(python) -m tools.lock

# What touches each dependency, and compiles the kernel of steady plans: numba, numpy (the agreement with the twin), scipy (points,
# waiting), pyarrow (results), pydantic and ruamel.yaml (scenarios, schemas), typer and rich (the command line), platformdirs (all).
lowest: $(LOWEST)/.dev ## The lowest versions that pyproject.toml allows, tested: about five minutes
	$(LOWEST)/bin/python -m pytest -q --numprocesses=2 --dist=worksteal tests/agreement/test_agreement.py tests/base/test_money.py tests/variance_reduction/test_point_sets.py \
	  tests/analytic/test_waiting_times.py tests/results_folders/test_results_folder.py tests/scenario/test_model.py tests/scenario_files/test_scenario_file.py tests/test_schema.py \
	  tests/statistics/test_jackknife.py tests/studies/sweep/test_breakeven.py tests/statistics/test_sign_change.py tests/cli/test_main.py tests/cli/test_sweep.py
	$(LOWEST)/bin/simcore run trust-the-process --replications 1000

$(LOWEST)/.dev: pyproject.toml requirements/build.txt requirements/lowest.txt requirements/dev.txt
	@rm -rf $(LOWEST)
	@$(LOWEST_PYTHON) -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes \
	  --requirement requirements/build.txt --requirement requirements/lowest.txt --requirement requirements/dev.txt
	@$(LOWEST)/bin/python -m pip --quiet --disable-pip-version-check install --no-build-isolation --no-deps --editable .
	@touch $@

clean: ## Remove all that can be made again
	rm -rf $(VENV) $(LOWEST) $(REPORT) build dist *.egg-info .docs_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.runtime: pyproject.toml requirements/build.txt requirements/runtime.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "simcore needs Python 3.11 or newer; name one, as in: make PYTHON=python3.12 demo" >&2; exit 1; }
	@echo "installing into $(VENV), a minute or two ..." >&2
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(install) --require-hashes --requirement requirements/build.txt --requirement requirements/runtime.txt
	@$(install) --no-build-isolation --no-deps --editable .
	@echo '$(identity)' > $(VENV)/.identity
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt requirements/docs.txt
	@$(install) --require-hashes --requirement requirements/dev.txt --requirement requirements/docs.txt
	@touch $@
