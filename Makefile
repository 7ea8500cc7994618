# Framework Shootout. `make` alone lists what can be done.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PACKAGES := libpq-dev postgresql python3-venv

.PHONY: help setup test lint format clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing
	@missing=; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "installing$$missing"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "missing:$$missing. Run: sudo apt-get install$$missing" >&2; exit 2; fi; fi

test: setup ## all tests
	swift build --build-tests
	swift test --skip-build

lint: ## check the format of all Swift files
	swift format lint --strict --recursive Package.swift Sources Tests

format: ## format all Swift files
	swift format --in-place --recursive Package.swift Sources Tests

clean: ## remove what was built
	rm -rf .build
