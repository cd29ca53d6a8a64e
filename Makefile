# The face of the project: `make` or `make help` lists what there is.
SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
NODE := tools/node.sh

FRONTEND := $(shell find frontend -type f 2>/dev/null) tools/build.mjs tools/words.mjs
CATALOGUES := $(wildcard blikk/locale/*/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check fix bench soak messages clean
.DELETE_ON_ERROR:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/.synced node_modules/.installed ## Set up the virtual environment and the front end's tools

# A child of the virtual environment, so that removing .venv starts over.
.venv/.uv-$(UV_VERSION):
	@tools/python.sh $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.synced: .venv/.uv-$(UV_VERSION) uv.lock pyproject.toml
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv sync --quiet --frozen --all-extras --python $(BIN)/python
	@touch $@

node_modules/.installed: package-lock.json package.json tools/node.sh | .venv/.synced
	@$(NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build: blikk/web/static/built/.done blikk/locale/.compiled ## Build scripts, styles and catalogues

blikk/web/static/built/.done: $(FRONTEND) node_modules/.installed
	@$(NODE) node tools/build.mjs
	@touch $@

blikk/locale/.compiled: $(CATALOGUES) tools/catalogue.py | .venv/.synced
	@$(BIN)/python tools/catalogue.py compile
	@mkdir -p $(@D) && touch $@

demo: setup build ## Start the demo on http://localhost:8000
	@exec $(BIN)/blikk demo

test: setup build ## Run every test (PostgreSQL, Redis, coturn and Chromium are installed when missing)
	@tools/apt.sh
	@$(BIN)/python tools/test.py $(ONLY)

check: setup build ## Check formats, imports, types, templates, catalogues, budgets; change nothing
	@$(BIN)/python tools/check.py $(ONLY)

fix: setup ## Mend what can be mended by itself
	-@$(BIN)/ruff check --fix --quiet .
	-@$(BIN)/ruff format --quiet .
	-@$(NODE) node_modules/.bin/biome check --write --log-level=error .
	@if [ -f tools/states.py ]; then $(BIN)/python tools/states.py; fi

bench: setup build ## Measure, and write docs/reference/performance.md (ONLY=name for one)
	@tools/apt.sh
	@$(BIN)/python -m bench $(ONLY)

soak: setup build ## Run what takes hours
	@tools/apt.sh
	@$(BIN)/python tools/test.py soak doors browsers

messages: setup ## Collect the words on the screen into the catalogues
	@$(BIN)/python tools/catalogue.py collect

clean: ## Remove everything that can be made again (the demo's data stays)
	rm -rf .venv node_modules blikk/web/static/built blikk/locale/*/LC_MESSAGES/*.mo blikk/locale/.compiled
