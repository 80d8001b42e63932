# make help lists what there is. Only Python 3.11+ is needed; the rest is installed into .venv.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
# Production drivers only where their servers are named.
NEEDS := $(if $(DATABASE_URL)$(REDIS_URL),prod,base)
ASSETS := static/vendor/.made

.PHONY: help run test test-embedded check shape format bench chaos fleet assets lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/.$(NEEDS) $(ASSETS) ## serve everything on http://127.0.0.1:8000 (PORT=, VAR=, DEMO=0)
	@exec $(PY) -m ocpp_platform.run

test: .venv/.dev $(ASSETS) ## the whole suite: embedded, and PostgreSQL + Redis where installed
	$(PY) -m tests.run

test-embedded: .venv/.dev $(ASSETS) ## the suite on the embedded default only
	$(PY) -m tests.run --embedded

check: .venv/.dev $(ASSETS) ## format, lint, types, import contract, migrations, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(PY) -W error::UserWarning manage.py makemigrations --check --dry-run
	$(PY) -m tests.walls
	$(PY) -m tests.shape

shape: .venv/.dev ## in how many files one idea stands
	$(PY) -m tests.shape

format: .venv/.dev ## put the code into shape
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

bench: .venv/.dev $(ASSETS) ## the benchmark suite on a throw-away PostgreSQL; prints its table
	$(PY) -m bench

chaos: .venv/.dev $(ASSETS) ## kill processes, PostgreSQL and Redis while stations charge (MINUTES=, SEED=)
	$(PY) -m chaos --minutes $(or $(MINUTES),2) $(if $(SEED),--seed $(SEED))

fleet: .venv/.dev $(ASSETS) ## 300 chargers of 20 makers' habits, with faults (MINUTES=, SEED=); prints its table
	$(PY) -m fleet --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

assets: $(ASSETS) ## browser assets from their pinned packages

lock: .venv/.dev ## pin requirements/*.in with hashes
	@for name in base prod dev assets; do $(BIN)/pip-compile -q --generate-hashes \
	  --no-emit-index-url --no-emit-trusted-host --no-header --strip-extras --allow-unsafe \
	  requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove what was installed and built (not var/)
	rm -rf .venv frontend/node_modules static/vendor

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv

.venv/.%: requirements/%.txt | .venv/bin/python
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# npm where the machine has it, else the one that PyPI ships.
$(ASSETS): frontend/package-lock.json apps/dashboard/management/commands/vendor_assets.py | .venv/.$(NEEDS)
	@command -v npm >/dev/null || $(PY) -m pip install -q --disable-pip-version-check \
	  --require-hashes -r requirements/assets.txt
	cd frontend && NODE_USE_SYSTEM_CA=1 PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent
	$(PY) manage.py vendor_assets
	@touch $@
