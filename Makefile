# Bare `make` lists what there is to do. Recipes keep to sh and GNU make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Where it is set, each of the many Pythons that tests and demo start compiles every package anew.
unexport PYTHONDONTWRITEBYTECODE

# Minutes each suite may take on two cores. All of them together stay under 25;
# tests/test_house.py adds them up. A suite that outruns its budget fails.
LINT_MINUTES    := 0.4
TYPES_MINUTES   := 0.9
TESTS_MINUTES   := 17.7
BROWSER_MINUTES := 5.9

# The lock-file compiler, used by `make lock` alone and from an environment of its own.
UV := uv==0.13.9

# $(call within,MINUTES,COMMAND): SIGINT first, so that pytest says where it was and stops its server.
within = timeout --foreground --signal=INT --kill-after=30s $(1)m $(2) || { \
	status=$$?; \
	[ $$status -ne 124 ] || echo "make: this took longer than its budget of $(1) minutes (see the Makefile)" >&2; \
	exit $$status; }

.PHONY: help
help: ## list these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: ## start a demo with made-up people on this machine; Ctrl-C stops it
	@.ci/setup requirements.lock
	@.venv/bin/gatemate demo

.PHONY: demo-day
demo-day: ## move the demo's date on by one day and say what happened
	@.ci/setup requirements.lock
	@.venv/bin/gatemate demo-day

.PHONY: setup
setup: ## build .venv from the lock file; quick when nothing changed
	@.ci/setup requirements-dev.lock

.PHONY: test
test: setup lint types ## set up, then check everything: style, types, arrows, every test on both databases
	@echo "tests: at most $(TESTS_MINUTES) minutes"
	@$(call within,$(TESTS_MINUTES),.venv/bin/python -m pytest --numprocesses 3 --dist worksteal --quiet --ignore=tests/browser)
	@$(MAKE) browser

.PHONY: browser
browser: setup ## a browser carries one person all the way, and looks at every page
	@echo "browser: at most $(BROWSER_MINUTES) minutes"
	@$(call within,$(BROWSER_MINUTES),.venv/bin/python -m pytest tests/browser --numprocesses 3 --dist worksteal --quiet)

# Pictures of every page in every state, and what axe-core says of each: docs/screens.md.
.PHONY: screens
screens: setup ## make the pictures and the table of docs/screens.md anew
	@folder=$$(mktemp -d) && \
	GATEMATE_SCREENSHOTS=$$folder .venv/bin/python -m pytest tests/browser tests/browser/every_state.py --numprocesses 2 --quiet -k 'sqlite and 1280' && \
	.venv/bin/python -m tests.browser.gallery $$folder && rm -r $$folder

.PHONY: lint
lint: setup ## ruff's rules and format, and the arrows between the rooms
	@echo "lint: at most $(LINT_MINUTES) minutes"
	@$(call within,$(LINT_MINUTES),.venv/bin/ruff check --quiet .)
	@$(call within,$(LINT_MINUTES),.venv/bin/ruff format --quiet --check .)
	@$(call within,$(LINT_MINUTES),.venv/bin/lint-imports --no-logo)

.PHONY: format
format: setup ## put the code into ruff's format and mend what ruff can
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

.PHONY: types
types: setup ## mypy, strict, over the three rooms
	@echo "types: at most $(TYPES_MINUTES) minutes"
	@$(call within,$(TYPES_MINUTES),.venv/bin/mypy)

# Each part has a budget of its own below 60 minutes (tests/prove/parts.py); all of them together
# take hours, so they are no part of `make test`, which runs a short form of them.
.PHONY: prove
prove: setup ## prove by violence what is promised, for hours; PART=NAME for one, RESUME=1 to go on
	@.venv/bin/python -m tests.prove $(PART) $(if $(RESUME),--resume)

.PHONY: bench
bench: ## how fast the main jobs are here, beside what others use; prints figures, passes no judgement
	@.ci/setup requirements-bench.lock
	@for benchmark in benchmarks/*.py; do echo; echo "$$benchmark"; PYTHONPATH=. .venv/bin/python "$$benchmark" || exit 1; done

.PHONY: lock
lock: ## make both lock files again from pyproject.toml, with the newest versions it allows
	@.ci/lock $(UV)

.PHONY: clean
clean: ## remove the environment and every cache; var/ is kept, it holds data
	@rm -rf .venv .venvs build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
