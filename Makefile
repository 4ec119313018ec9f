# What can be done here; `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo run check test long mutants walkthrough verify bench drill-reminders drill-journeys secrets lock clean

# The system's own Python where it will do: it is built to be fast, and one that somebody
# compiled at home often is not. PYTHON= names another.
PYTHON ?= $(shell for python in /usr/bin/python3 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& break; done; echo $$python)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

# One lock file holds all: the other is a part of it, for production.
$(READY): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes -r requirements-dev.lock
	@touch $(READY)

$(BIN)/python: $(READY)

demo: $(READY) ## Start the demo on http://127.0.0.1:8000 (other port: PORT=)
	@DEMO=1 PORT=$(PORT) exec $(BIN)/python manage.py up

run: $(READY) ## Start without demo data, with debug pages
	@DEBUG=1 PORT=$(PORT) exec $(BIN)/python manage.py up

check: $(READY) ## Look at the code: style, types, imports, migrations, settings
	@.ci/check

test: $(READY) ## Run the tests
	@.ci/test

long: $(READY) ## Run the tests that take long
	@.ci/test -n 2 --long
	@SAMPLE=300 .ci/mutants
	@PART=transitions SAMPLE=200 .ci/mutants
	@PART=work SAMPLE=200 .ci/mutants

mutants: $(READY) ## Change the code a little, again and again (PART=, SAMPLE=, SEED=, OF=)
	@.ci/mutants

walkthrough: $(READY) ## Play the whole story through HTTP (other people and dates: SEED=)
	@DEMO=1 $(BIN)/python manage.py walkthrough

verify: $(READY) ## Check every invariant of the database of the demo
	@DEMO=1 $(BIN)/python manage.py verify

bench: $(READY) ## Measure, and write build/bench.json
	@$(BIN)/python -m bench

drill-reminders: $(READY) ## Let all fail while 10,000 reminders go out (N=, SEED=, FAULT=)
	@$(BIN)/python -m drills.reminders

drill-journeys: $(READY) ## Let people work while the database crashes (N=, SEED=, BOUND=, FAULT=)
	@$(BIN)/python -m drills.journeys

secrets: $(READY) ## Make the three keys that docker-compose.yml reads
	@# The user of the containers reads them; on this machine nobody else comes in there.
	@mkdir -p -m 700 var/secrets && chmod 700 var/secrets && cd var/secrets && umask 022 && \
	for name in secret_key log_key data_key; do \
		test -s $$name || $(CURDIR)/$(BIN)/python -c 'import secrets; print(secrets.token_hex(32))' >$$name; done

lock: ## Resolve the dependencies again, with hashes and without addresses
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@build/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --upgrade \
		-o requirements.lock
	@build/lock/bin/uv pip compile pyproject.toml --group dev --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade -c requirements.lock -o requirements-dev.lock

clean: ## Take away the environment, what was built and the database of the demo
	@for where in var/where var/tests/where; do \
		if test -e $$where; then rm -rf "$$(cat $$where)"; fi; done
	@rmdir /var/lib/procesregie 2>/dev/null || true
	@rm -rf $(VENV) var build mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
