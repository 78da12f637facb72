# Every target sets itself up: a fresh machine needs Python 3.11 or 3.12 and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test run check format clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.installed  ## play one whole conversation with the bot on a bundled clip
	@$(BIN)/gymbrain demo

test: $(VENV)/.installed-dev  ## run the tests
	$(BIN)/python -m pytest

run: $(VENV)/.installed  ## start the bot; TELEGRAM_TOKEN in the environment or in .env
	@$(BIN)/gymbrain bot

check: $(VENV)/.installed-dev  ## formatter, linter, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
