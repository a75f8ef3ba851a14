# Everything a contributor or a build machine does, from a fresh clone: Python 3.11, git and make are enough.
# `make help` lists the targets. Quiet by default; `make V=1 ...` shows each command.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
READY := .venv/.ready
REPORTS := .tools/reports
PACKAGES := schemas planner activities workflows workers tasks_cli
CHECKED := $(PACKAGES) tests benchmarks deploy
Q := $(if $(V),,@)
export V PYTHON

.PHONY: help setup temporal test lint format types contracts unit temporal-tests replay end-to-end demo lock clean
.PHONY: schemas-v3 record-histories

help: ## show this list
	$(Q)sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

setup: $(READY) ## make .venv from the locked requirements (once; a second call does nothing)
	$(Q):

# The stamp is newer than all that decides what is in .venv, and it vanishes with .venv.
$(READY): pyproject.toml requirements.lock deploy/bootstrap/build_requirements.txt \
		deploy/bootstrap/uv_requirements.txt deploy/bootstrap/prepare_environment.sh
	$(Q)bash deploy/bootstrap/prepare_environment.sh
	$(Q)touch $@

temporal: $(READY) ## find, download or build Temporal's development server (building: some minutes, once)
	$(Q)$(BIN)/python deploy/bootstrap/prepare_temporal.py

test: $(READY) ## all checks and all tests, as the build machine runs them
	$(Q)bash deploy/bootstrap/run_all_checks.sh

lint: $(READY) ## ruff: rules and format
	$(Q)$(BIN)/ruff check --quiet $(CHECKED)
	$(Q)$(BIN)/ruff format --quiet --check $(CHECKED)

format: $(READY) ## let ruff format the code and mend what it can
	$(Q)$(BIN)/ruff check --quiet --fix $(CHECKED) || true
	$(Q)$(BIN)/ruff format $(CHECKED)

types: $(READY) ## mypy, strict
	$(Q)$(BIN)/mypy --no-error-summary

contracts: $(READY) ## who may import whom
	$(Q)$(BIN)/lint-imports --no-logo >.venv/contracts.txt 2>&1 || { cat .venv/contracts.txt; exit 1; }

unit: $(READY) ## tests without a server
	$(Q)$(call run_tests,unit,tests/unit)

temporal-tests: temporal ## tests against a real development server
	$(Q)$(call run_tests,temporal,tests/temporal)

replay: $(READY) ## recorded histories against today's workflows
	$(Q)$(call run_tests,replay,tests/replay)

end-to-end: temporal ## the `tasks` command as a process, with real repositories
	$(Q)$(call run_tests,end-to-end,tests/end_to_end)

demo: temporal ## plan and execute a small project in front of your eyes
	$(Q)$(BIN)/python examples/run_demo.py

lock: $(READY) ## pin again what pyproject.toml asks for, with hashes and without any registry's address
	$(Q)bash deploy/bootstrap/lock_requirements.sh

schemas-v3: $(READY) ## write the JSON Schema files after a model was changed
	$(Q)$(BIN)/python -c 'from schemas.json_schemas import write_schema_files; write_schema_files()'

record-histories: temporal ## record the histories of the replay tests anew; SCENARIOS="success retry" for some
	$(Q)$(BIN)/python -m tests.replay.record_histories $(SCENARIOS)

clean: ## remove what the other targets made here (Temporal stays in your cache folder)
	$(Q)rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
	$(Q)find $(CHECKED) -type d -name __pycache__ -prune -exec rm -rf {} +

# $(1): the name of the kind in the report, $(2): its folder. Only here are stray writes an error: in a working
# tree that somebody is editing, they would be his.
define run_tests
mkdir -p $(REPORTS); \
TASKS_TEMPORAL_DOWNLOAD=never $(BIN)/pytest -q --guard-writes --junitxml=$(REPORTS)/$(1).xml $(2)
endef
