# Everything runs from .venv, which `install` makes; `make help` lists the targets.
PYTHON ?= python3
PY := .venv/bin/python
STACK := $(PY) -m dev.stack
UV := .venv/tools/bin/uv
SOURCES := $(wildcard libs/kit/src libs/city/src services/*/src deploy/setup/src dev/stack dev/demo dev/fakes dev/contracts dev/seed dev/bench dev/peers dev/checker dev/nemesis dev/simulation dev/fuzz dev/wire.py dev/sbom.py dev/infra.py dev/sizing.py dev/cluster)

ATTACKED := libs/kit/tests/unit/test_auth.py libs/kit/tests/unit/test_auth_keys.py libs/kit/tests/unit/test_telemetry.py \
  libs/kit/tests/unit/test_http_visitors.py libs/kit/tests/contract/test_http_surface.py libs/kit/tests/component/test_http_listener.py \
  libs/kit/tests/component/test_grpc.py libs/kit/tests/component/test_spans.py libs/kit/tests/integration/test_nats.py tests/repo services/channels/tests/channels \
  services/channels/tests/unit services/channels/tests/component/test_chat.py services/cases/tests/unit/test_guessing.py \
  services/cases/tests/component/test_citizen_codes.py services/cases/tests/component/test_access.py services/notifications/tests/unit/test_secrets.py

.DEFAULT_GOAL := help
.PHONY: help check install web up down restart status logs demo test test-security test-faults test-cluster test-infra images sbom lint format types imports unit lock generate dlq seed bench bench-peers bench-inbox bench-pages clean distclean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## check that Python, Java, Maven and Node.js are there
	@$(PYTHON) dev/bootstrap.py --check

install: ## install the locked packages into .venv (instant when nothing changed)
	@$(PYTHON) dev/bootstrap.py

web: install ## install and build portal and desk (instant when nothing changed)
	@$(PYTHON) dev/web.py

up: web ## start the whole platform and wait until it is ready; SMALL=1 with one process per service
	@$(if $(SMALL),ATIENDE_SMALL=1 )$(STACK) up

down: install ## stop it cleanly; data stays
	@$(STACK) down

restart: down up ## stop and start

status: install ## show processes, ports, memory, restarts and lag
	@$(STACK) status

logs: install ## print the logs; S=cases-worker for one, F=1 to follow
	@$(STACK) logs $(S) $(if $(F),-f)

dlq: install ## list dead letters; A="replay ..." or A="discard ..." for the rest
	@$(STACK) dlq $(A)

seed: install ## put N=10000 cases of a past into the running stack; no event goes out
	@$(PY) -m dev.seed $(or $(N),10000)

bench: install ## measure a running, quiet stack: memory, intake beside a bare route, a message's whole way, lists with 100,000 cases
	@$(PY) -m dev.bench.memory
	@$(PY) -m dev.bench.intake
	@$(PY) -m dev.bench.flow
	@$(PY) -m dev.bench.folios
	@$(PY) -m dev.seed.bench 100000

bench-pages: install ## measure largest paint of the portal and speed of the desk in the running stack
	@$(PY) -m dev.bench.pages

bench-peers: install ## measure what else a city might install (django-helpdesk, Roundup; needs PostgreSQL) beside the running stack
	@$(PY) -m dev.peers

bench-inbox: install ## measure the desk's lists with N=100000 cases on a database of its own
	@$(PY) -m dev.seed.bench $(or $(N),100000)

demo: web ## play a day of a city over the platform; DATA=../shared/data for real requests
	@$(STACK) up
	@$(PY) -m dev.demo $(if $(DATA),--data $(DATA))

test: web lint ## install, check and run every test
	@cd web && npm run -s test
	@$(PY) -m dev.stack.testrun

test-security: web ## run what docs/security.md lists, on a platform of its own
	@$(PY) -m dev.stack.packages
	@$(PY) -m pytest -m "unit or contract or integration or component or repo" $(ATTACKED)
	@$(PY) -m dev.fuzz --seconds 120
	@$(PY) -m pytest -m e2e --timeout 900 e2e/security e2e/test_session.py e2e/test_isolation.py e2e/test_hostile_input.py e2e/test_fuzz.py e2e/browser/test_hostile_text.py

test-faults: web ## all of docs/reliability.md: 20 power cuts, 2,000 seeds, everything killed, 20 ends at every mark (an hour and a half)
	@$(PY) -m dev.stack.packages
	@FAULT_ROUNDS=20 $(PY) -m pytest -s libs/kit/tests/faults
	@$(PY) -m pytest -n 2 --dist worksteal tests/simulation
	@FAULT_ROUNDS=20 $(PY) -m pytest -s -m e2e --timeout 900 e2e/test_rolling.py e2e/test_pause.py e2e/test_kill.py e2e/test_memory.py e2e/test_clocks.py e2e/test_crash_points.py e2e/test_restore.py e2e/test_backlog.py e2e/partition e2e/test_identity.py e2e/test_night_and_repeats.py e2e/browser/test_desk_resilience.py

images: web ## build every image without a registry (needs root, buildah, mmdebstrap)
	@$(PY) -m dev.cluster prepare

sbom: install ## write what the images contain into var/sbom (CycloneDX)
	@$(PY) -m dev.sbom

test-cluster: web ## build images, start a real Kubernetes of one node, install the chart, break things (needs root; 10 minutes, the first time 25)
	@$(PY) -m dev.cluster prepare
	@$(PY) -m pytest -s -m cluster --timeout 900 tests/cluster

test-infra: install ## check infra/terraform: tests with a mock, apply and destroy against a fake AWS, checkov
	@$(PY) -m dev.infra

unit: install ## run only what needs no server
	@$(PY) -m pytest -m "unit or repo"

lint: install ## run ruff, mypy, the import rules, and the web's types and rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(MAKE) --no-print-directory types imports
	@if [ -d web/node_modules ]; then cd web && npm run -s generate -- --check && npm run -s types && npm run -s lint; fi

types: install ## run mypy
	@.venv/bin/mypy $(SOURCES)

imports: install ## run import-linter
	@.venv/bin/lint-imports --no-cache

format: install ## let ruff mend what it can
	@.venv/bin/ruff check --fix-only -q .
	@.venv/bin/ruff format .

lock: install ## resolve requirements.lock again
	@dev/lock.sh $(UV)

generate: install ## generate contracts, documents and the web client
	@$(PY) -m dev.contracts generate
	@if [ -d web/node_modules ]; then cd web && npm run -s generate; fi

clean: ## stop the platform and remove its data, logs and credentials (var/)
	@if [ -x $(PY) ]; then $(STACK) down; fi
	@rm -rf var

distclean: clean ## remove the virtual environment and caches of tools as well
	@rm -rf web/node_modules web/apps/*/dist .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
