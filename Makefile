# Framework Shootout. `make` alone lists what can be done; every target calls swift or the suite's command line.

.DEFAULT_GOAL := help
FRAMEWORK ?= all
SWIFT ?= swift
SHOOTOUT = .build/debug/shootout
SOURCES = Package.swift Sources Tests

export SHOOTOUT_FRAMEWORKS := $(or $(FRAMEWORKS),$(SHOOTOUT_FRAMEWORKS))
export SHOOTOUT_SCENARIOS := $(or $(SCENARIOS),$(SHOOTOUT_SCENARIOS))
export SHOOTOUT_DEPLOYMENT := $(or $(DEPLOYMENT),$(SHOOTOUT_DEPLOYMENT))
export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE))

.PHONY: help setup packages cli test bench parity deploy down status report lint format clean

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo 'variables: PROFILE=smoke|quick|standard|full FRAMEWORKS=a,b SCENARIOS=a,b DEPLOYMENT=process|docker|external'
	@echo '           FRAMEWORK=all|postgres|NAME (deploy, down, status)'

setup: packages cli ## install what is missing: Debian packages, Python requirements
	$(SHOOTOUT) setup

test: setup ## all tests, the measuring ones at PROFILE=smoke
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

parity: setup ## the 14 parity tests
	$(SWIFT) test --filter Parity

bench: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),quick)
bench: setup ## measure everything at PROFILE=quick, and report
	@run=$$($(SHOOTOUT) new-run) || exit; \
	$(SWIFT) test --filter Perf --attachments-path "$$run/attachments"; measured=$$?; \
	$(SHOOTOUT) report "$$run" && exit $$measured

report: cli ## rebuild the reports of the last run from its attachments
	$(SHOOTOUT) report

deploy: packages cli ## bring up FRAMEWORK (all, postgres or a name) until make down
	$(SHOOTOUT) deploy $(FRAMEWORK)

down: cli ## take down FRAMEWORK
	$(SHOOTOUT) down $(FRAMEWORK)

status: cli ## show what is up
	@$(SHOOTOUT) status $(FRAMEWORK)

lint: ## check the format of the sources
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## format the sources
	$(SWIFT) format --in-place --recursive $(SOURCES)

clean: ## take everything down, remove what was built
	@if [ -x $(SHOOTOUT) ]; then $(SHOOTOUT) down; fi
	rm -rf .build

cli:
	@$(SWIFT) build --product shootout

# The package does not build without libpq, so this comes before any Swift.
packages:
	@missing=''; \
	[ -f /usr/include/postgresql/libpq-fe.h ] || missing="$$missing libpq-dev"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3 python3-venv"; \
	[ -n "$$missing" ] || exit 0; \
	install="apt-get install -y --no-install-recommends$$missing"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then sudo=''; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then sudo='sudo'; \
	else echo "missing:$$missing" >&2; echo "run: sudo $$install" >&2; exit 1; fi; \
	echo "missing:$$missing; running: $$sudo $$install"; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive $$install
