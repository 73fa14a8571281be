# Everything runs from .venv, which `install` makes; `make help` lists the targets.
PYTHON ?= python3
PY := .venv/bin/python
STACK := $(PY) -m dev.stack
UV := .venv/tools/bin/uv
SOURCES := $(wildcard libs/kit/src libs/city/src services/*/src dev/stack dev/demo dev/fakes dev/contracts)

.DEFAULT_GOAL := help
.PHONY: help check install up down restart status logs demo test lint format types imports unit lock generate dlq clean distclean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## check that Python, Java and Maven are there
	@$(PYTHON) dev/bootstrap.py --check

install: ## install the locked packages into .venv (instant when nothing changed)
	@$(PYTHON) dev/bootstrap.py

up: install ## start the whole platform and wait until it is ready
	@$(STACK) up

down: install ## stop it cleanly; data stays
	@$(STACK) down

restart: down up ## stop and start

status: install ## show processes, ports, memory, restarts and lag
	@$(STACK) status

logs: install ## print the logs; S=cases-worker for one, F=1 to follow
	@$(STACK) logs $(S) $(if $(F),-f)

dlq: install ## list dead letters; A="replay ..." or A="discard ..." for the rest
	@$(STACK) dlq $(A)

demo: install ## play a day of a city over the platform; DATA=../shared/data for real requests
	@$(STACK) up
	@$(PY) -m dev.demo $(if $(DATA),--data $(DATA))

test: lint ## install, check and run every test
	@$(PY) -m dev.stack.testrun

unit: install ## run only what needs no server
	@$(PY) -m pytest -m "unit or repo"

lint: install ## run ruff, mypy and the import rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(MAKE) --no-print-directory types imports

types: install ## run mypy
	@.venv/bin/mypy $(SOURCES)

imports: install ## run import-linter
	@.venv/bin/lint-imports --no-cache

format: install ## let ruff mend what it can
	@.venv/bin/ruff check --fix-only -q .
	@.venv/bin/ruff format .

lock: install ## resolve requirements.lock again
	@dev/lock.sh $(UV)

generate: install ## generate contracts and documents from proto/
	@$(PY) -m dev.contracts generate

clean: ## stop the platform and remove its data, logs and credentials (var/)
	@if [ -x $(PY) ]; then $(STACK) down; fi
	@rm -rf var

distclean: clean ## remove the virtual environment and caches of tools as well
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
