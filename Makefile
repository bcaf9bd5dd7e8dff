# Everything a person or CI does with this repository. `make help` lists it.
# Needs Python 3.11+, git and make; each target installs what it needs into .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Workers for the tests; two keep a small machine usable.
JOBS ?= 2

# What makes mutants has an environment of its own: neither the tests nor CI need it.
MUTATION := build/mutation/venv

.DEFAULT_GOAL := help
.PHONY: help bundle conformance test test-rabbitmq mutants mutation every-turn crash-points soak stability bench check serve load deps lock schemas clean check-lint check-format check-types check-imports \
	check-schemas venv-runtime venv-conformance venv-load venv-dev

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

conformance: venv-conformance ## start two reference providers, judge them, write build/conformance/
	@$(BIN)/net119 conformance run $(ARGS)

serve: venv-runtime ## start the testbed and leave it running until Ctrl-C
	@$(BIN)/net119 serve $(ARGS)

load: venv-load ## 200 callers for 30 s against a provider that it starts; thresholds; ARGS= changes that
	@$(BIN)/net119 load run $(or $(ARGS),--callers 200 --duration 30s)

test: venv-dev ## all tests (pytest); ARGS= is handed on
	@$(BIN)/pytest -n $(JOBS) --dist worksteal --durations 25 $(ARGS)

test-rabbitmq: venv-dev ## our client and calls against a plain RabbitMQ (make deps installs it); part of make test
	@$(BIN)/pytest $(ARGS) tests/brokers

mutants: venv-dev ## every mutant, not only as many as kill each purpose once
	@NET119_MUTANTS=all $(BIN)/pytest -n $(JOBS) tests/mutants $(ARGS)

mutation: venv-dev $(MUTATION)/complete ## mutants nobody aimed at: a sample of them, and whether tests notice (docs/mutation.md)
	@$(BIN)/python -m scripts.mutation $(ARGS)

$(MUTATION)/complete: requirements/mutation.txt
	@echo "installing requirements/mutation.txt"
	@$(PYTHON) -m venv --clear $(MUTATION)
	@$(MUTATION)/bin/python -m pip install --disable-pip-version-check -qq --require-hashes -r $<
	@touch $@

every-turn: venv-dev ## all tests, with all parts that make test runs in turn over the commits (an hour)
	@NET119_TURNS=all $(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

crash-points: venv-dev ## let a provider die at every message and commit of every flow, then real ones by SIGKILL (KILLS=10; docs/crash-points.md)
	@NET119_CRASH_POINTS=all $(BIN)/pytest -n $(JOBS) tests/reference/interplay/test_crash_points.py $(ARGS)
	@$(BIN)/python -m scripts.sigkills --seed 119 --kills $(or $(KILLS),10) --minutes 5

soak: venv-dev ## random alarm histories (HISTORIES=10000), then two providers and a stranger at random; ARGS="--minutes 60"
	@HISTORIES=$(or $(HISTORIES),10000) $(BIN)/pytest -q -p no:cacheprovider tests/reference/alarms/test_histories.py
	@$(BIN)/python -m tests.reference.interplay.soak $(ARGS)

stability: venv-conformance ## the conformance suite RUNS=20 times with new seeds: how many were clean, what was not, how long they took
	@$(BIN)/python -m scripts.stability --runs $(or $(RUNS),20) $(ARGS)

# Those that take a few minutes at most; the others are run by hand (docs/performance.md).
BENCHMARKS := stomp_codec routing_lookup offer_to_ringing relay

bench: venv-dev ## the short benchmarks, one after the other; BENCHMARKS="offer_to_ringing" for one
	@set -e; for each in $(BENCHMARKS); do echo "== $$each"; $(BIN)/python benchmarks/$$each.py $(ARGS); done

# One beside the other: types alone take half of the time, on one core.
check: venv-dev ## lint, types, dependency rule, generated references (-k: all of them)

	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check-types check-schemas check-imports check-lint check-format

check-lint: venv-dev
	$(BIN)/ruff check --output-format concise .

check-format: venv-dev
	$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ." >&2; exit 1; }

check-types: venv-dev
	$(BIN)/mypy

check-imports: venv-dev
	$(BIN)/lint-imports

check-schemas: venv-dev
	$(BIN)/python -m net119_protocol.spec --check
	$(BIN)/python tools/references.py --check

schemas: venv-dev ## write the generated references in docs/reference/ anew
	$(BIN)/python -m net119_protocol.spec
	$(BIN)/python tools/references.py

bundle: venv-dev ## one archive that installs without a network (docs/offline.md): build/bundle/
	@$(BIN)/python -m tools.make_bundle $(ARGS)

deps: ## install the Debian packages that tests of real services need (root)
	@bash tools/deps.sh

# dev.txt is resolved first and constrains the others, so that a package has one version everywhere.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet \
	--upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

lock: ## resolve requirements/*.txt anew from pyproject.toml
	@test -x $(BIN)/uv || { echo "make lock needs uv in $(VENV): run 'make venv-dev' first" >&2; exit 1; }
	$(COMPILE) --extra dev -o requirements/dev.txt pyproject.toml requirements/build.in
	$(COMPILE) --no-annotate -c requirements/dev.txt --extra ui --extra docker -o requirements/conformance.txt pyproject.toml requirements/build.in
	$(COMPILE) --no-annotate -c requirements/dev.txt --extra load -o requirements/load.txt pyproject.toml requirements/build.in
	$(COMPILE) --no-annotate -c requirements/dev.txt -o requirements/runtime.txt pyproject.toml requirements/build.in
	$(COMPILE) -c requirements/dev.txt -o requirements/mutation.txt requirements/mutation.in

venv-runtime venv-conformance venv-load venv-dev: venv-%:
	@$(PYTHON) tools/venv.py $*

clean: ## remove what builds, runs and tools left; keeps .venv
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +
