# Framework Shootout. `make` alone lists what can be done; every target calls swift or the suite's command line.

.DEFAULT_GOAL := help
FRAMEWORK ?= all
SLOWDOWNS ?= 0,5,10,20
MEASURE ?= counts
CHANGES ?= none,unused,1,0.75,query,middleware
SWIFT ?= swift
SHOOTOUT = .build/debug/shootout
ACCOUNT = framework-shootout
SOURCES = Package.swift Sources Tests
# What counts and what times.
TESTS = Counts|Perf

export SHOOTOUT_FRAMEWORKS := $(or $(FRAMEWORKS),$(SHOOTOUT_FRAMEWORKS))
export SHOOTOUT_SCENARIOS := $(or $(SCENARIOS),$(SHOOTOUT_SCENARIOS))
export SHOOTOUT_DEPLOYMENT := $(or $(DEPLOYMENT),$(SHOOTOUT_DEPLOYMENT))
export SHOOTOUT_URLS := $(or $(URLS),$(SHOOTOUT_URLS))
# CONDUCTOR is what COORDINATOR was called before.
export SHOOTOUT_COORDINATOR := $(or $(COORDINATOR),$(SHOOTOUT_COORDINATOR),$(CONDUCTOR),$(SHOOTOUT_CONDUCTOR))
export SHOOTOUT_CONNECTIONS := $(or $(CONNECTIONS),$(SHOOTOUT_CONNECTIONS))
export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE))
export SHOOTOUT_STRICT := $(or $(STRICT),$(SHOOTOUT_STRICT))
export SHOOTOUT_TIMES := $(or $(TIMES),$(SHOOTOUT_TIMES))

# With whom a measurement ends, `pid:start` of each make: its tests run in a process group of their own.
export SHOOTOUT_OWNERS := $(SHOOTOUT_OWNERS) $(shell echo $$PPID:$$(cut -d ' ' -f 22 /proc/$$PPID/stat))

# A recipe goes where it says, and runs nothing of the user's first.
unexport CDPATH ENV BASH_ENV

.PHONY: conduct help settings idle interrupts doctor setup packages peers cli test bench count baseline compare gate-selftest soak profile curve faults images compose swarm kubernetes separate-hosts coordinate bench-engine sanitize parity deploy down status report lint format clean

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo 'variables: PROFILE=smoke|quick|standard|full FRAMEWORKS=a,b SCENARIOS=a,b DEPLOYMENT=process|docker|external'
	@echo '           URLS=NAME=http://host:port,… (DEPLOYMENT=external) CONNECTIONS=50 COORDINATOR=host:port'
	@echo '           FRAMEWORK=all|postgres|NAME (deploy, down, status, profile) STRICT=1 BASE=VERSION HEAD=VERSION (compare)'
	@echo '           BASE_PYTHON=python3.11 HEAD_PYTHON=python3.13 (compare: the interpreters)'
	@echo '           LIMIT=50ms RUN=latest (curve: the p99 that counts as held, a run to go on with)'
	@echo '           TIMES=off (only count: bench, baseline, compare)'
	@echo '           FAULTS=worker-killed,database-stopped,… RUN=latest (faults: which, and which run to go on with)'
	@echo '           DURATION=30m RATE=500 TOGETHER=1 RUN=latest (soak)'
	@echo '           RUNS=20 MEASURE=counts CHANGES=none,unused,1,0.75,query,middleware (gate-selftest)'
	@echo '           RUNS=20 MEASURE=times SLOWDOWNS=0,5,10,20 TOLERANCE=2|tests (gate-selftest)'

doctor: ## what is missing, what would distort a measurement, and the command that fixes each
	@command -v $(SWIFT) >/dev/null || { echo 'missing: swift; install a toolchain of Swift 6.2 or newer' >&2; exit 2; }
	@[ -f /usr/include/postgresql/libpq-fe.h ] || pkg-config --exists libpq || { \
	echo 'missing: libpq-dev; run: sudo apt-get install -y --no-install-recommends libpq-dev' >&2; exit 2; }
	@{ $(build-cli); } >/dev/null && $(SHOOTOUT) doctor

setup: idle packages cli ## install what is missing: Debian packages, Python requirements or images
	$(SHOOTOUT) setup

test: UNIT_TESTS := and unit tests
test: setup ## all tests, the measuring ones at PROFILE=smoke
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build

parity: setup ## do all frameworks answer alike? All scenarios, to the byte
	$(SWIFT) test --filter Parity

# Parity comes first. Several generators would count each other's rows in it.
bench baseline: TESTS = $(if $(SHOOTOUT_COORDINATOR),Perf,Parity|Counts|Perf)

bench: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),quick)
bench: setup ## compare the answers, measure everything at PROFILE=quick, and report
	@run=$$($(SHOOTOUT) new-run) || exit; \
	$(measure-and-report) && exit $$measured

count: TESTS = CountsTests
count: export SHOOTOUT_TIMES := off
count: export SHOOTOUT_COUNTS := on
count: setup ## what one request costs: instructions, calls, statements, bytes; no time in it
	@run=$$($(SHOOTOUT) new-run) || exit; \
	$(measure-and-report) && exit $$measured

baseline: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),quick)
baseline: export SHOOTOUT_GATE := off
baseline: export SHOOTOUT_COUNT_STARTS := $(or $(SHOOTOUT_COUNT_STARTS),5)
baseline: export SHOOTOUT_STRICT := 0
baseline: setup ## count and measure, and keep the result as the baseline: of these conditions, and of this machine
	@run=$$($(SHOOTOUT) new-run) || exit; \
	$(measure-and-report) && [ $$measured = 0 ] && $(SHOOTOUT) baseline "$$run"

compare: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),quick)
compare: export SHOOTOUT_COMPARE_FRAMEWORK := $(or $(filter-out all,$(FRAMEWORK)),$(SHOOTOUT_COMPARE_FRAMEWORK))
compare: export SHOOTOUT_COMPARE_BASE := $(or $(BASE),$(SHOOTOUT_COMPARE_BASE))
compare: export SHOOTOUT_COMPARE_HEAD := $(or $(HEAD),$(SHOOTOUT_COMPARE_HEAD))
compare: export SHOOTOUT_COMPARE_BASE_PYTHON := $(or $(BASE_PYTHON),$(SHOOTOUT_COMPARE_BASE_PYTHON))
compare: export SHOOTOUT_COMPARE_HEAD_PYTHON := $(or $(HEAD_PYTHON),$(SHOOTOUT_COMPARE_HEAD_PYTHON))
compare: export SHOOTOUT_COMPARE_TOLERANCE := $(or $(TOLERANCE),$(SHOOTOUT_COMPARE_TOLERANCE))
compare: idle packages cli ## two versions of FRAMEWORK, counted and then timed: BASE=1.4.1 HEAD=1.4.2, or a folder, a wheel, git+https://…
	@$(SHOOTOUT) setup && run=$$($(SHOOTOUT) new-run) || exit; \
	$(measure-and-report) && exit $$measured

gate-selftest: idle packages cli ## the gate on runs whose truth is known: RUNS=20 CHANGES=none,unused,1,0.75,query,middleware
	$(SWIFT) build --build-tests
	$(SHOOTOUT) gate-selftest --measure $(MEASURE) --runs $(or $(RUNS),20) --changes $(CHANGES) --slowdowns $(SLOWDOWNS) \
	--tolerance $(or $(TOLERANCE),2) $(filter-out all,$(FRAMEWORK))

soak: idle packages cli ## a fixed rate for a long time, to see whether memory grows: DURATION=30m RATE=… RUN=latest
	@$(SHOOTOUT) soak $(if $(DURATION),--duration $(DURATION)) $(if $(RATE),--rate $(RATE)) \
	$(if $(filter 1,$(TOGETHER)),--together) $(if $(RUN),--run $(RUN))

profile: idle packages cli ## flame graphs, CPU, memory and database statistics of FRAMEWORK under load
	$(SHOOTOUT) profile $(if $(DURATION),--duration $(DURATION)) $(FRAMEWORK)

curve: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),$(if $(RUN),,quick))
curve: setup ## throughput, latency and memory as load grows: LIMIT=50ms; RUN=latest goes on with a run
	@$(SHOOTOUT) curve $(if $(LIMIT),--limit $(LIMIT)) $(if $(RUN),--run $(RUN))

faults: export SHOOTOUT_PROFILE := $(or $(PROFILE),$(SHOOTOUT_PROFILE),$(if $(RUN),,quick))
faults: idle packages cli ## what servers do when something breaks under load: FAULTS=worker-killed,body-cut RUN=latest (goes on)
	@$(SHOOTOUT) setup && $(SHOOTOUT) faults $(if $(RUN),--run $(RUN)) $(FAULTS)

bench-engine: packages peers ## our engine beside what the kernel alone costs, wrk, hey and Python websockets, in one run
	$(SWIFT) build -c release --product shootout
	.build/release/shootout bench-engine $(WORKS)

sanitize: packages ## the load engine's tests under the address and the thread sanitizer
	@for sanitizer in address thread; do \
	echo "under the $$sanitizer sanitizer"; \
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks-of-others.txt:print_suppressions=0 \
	$(SWIFT) test --sanitize=$$sanitizer --scratch-path .build/sanitize-$$sanitizer --disable-xctest \
	--filter 'LoadEngineTests|WireFormatsTests|HistogramTests|TextTests' || exit; \
	done

images: ## the targets and the suite as images: REGISTRY=registry.example/ pushes them there
	REGISTRY='$(REGISTRY)' docker compose build
	@[ -z '$(REGISTRY)' ] || REGISTRY='$(REGISTRY)' docker compose push

compose: ## write compose.yaml anew, after a change in docker/
	@$(SWIFT) build --product shootout >&2
	@$(SHOOTOUT) compose --checkout >.compose.yaml.new && mv .compose.yaml.new compose.yaml

swarm: ## write docker/swarm/stack.yaml, for docker stack deploy
	@$(SWIFT) build --product shootout >&2
	@mkdir -p docker/swarm && $(SHOOTOUT) compose --swarm >docker/swarm/stack.yaml

kubernetes: ## the manifests for kubectl apply -f -: REGISTRY=… GENERATORS=2 PROFILE=quick CONNECTIONS=50
	@$(SWIFT) build --product shootout >&2
	@umask 077; mkdir -p docker/kubernetes; [ -s docker/kubernetes/password.env ] || \
	echo "password=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >docker/kubernetes/password.env
	@SHOOTOUT_DATABASE_PASSWORD=$$(sed -n 's/^password=//p' docker/kubernetes/password.env) \
	REGISTRY='$(REGISTRY)' GENERATORS='$(GENERATORS)' PROFILE='$(PROFILE)' CONNECTIONS='$(CONNECTIONS)' \
	$(SHOOTOUT) compose --kubernetes

separate-hosts: cli ## two network namespaces as two hosts: a plain link, a slow one, a lossy one (root)
	$(SWIFT) build --build-tests
	Tests/SeparateHosts/separate-hosts.sh

interrupts: setup ## end make bench at random moments: RUNS=40; nothing may outlive it
	$(SWIFT) build --build-tests
	Tests/Interrupts/interrupts.py $(or $(RUNS),40)

coordinate: cli ## let GENERATORS=2 measure together (each: make bench … COORDINATOR=host:port); LISTEN=host:port
	$(SHOOTOUT) coordinate --generators $(or $(GENERATORS),2) --listen $(or $(LISTEN),127.0.0.1:8100)

# The former name.
conduct: coordinate

report: cli ## rebuild the reports of the last run or of RUN=…; RUN="A B …" compares runs
	$(SHOOTOUT) report $(RUN)

deploy: idle packages cli ## bring up FRAMEWORK (all, postgres or a name) until make down
	$(SHOOTOUT) deploy $(FRAMEWORK)

down: idle cli ## take down FRAMEWORK
	$(SHOOTOUT) down $(FRAMEWORK)

status: cli ## show what is up
	@$(SHOOTOUT) status $(FRAMEWORK)

lint: ## check the format of the sources
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## format the sources
	$(SWIFT) format --in-place --recursive $(SOURCES)

# What builds or starts anything comes after the check of all settings.
doctor packages peers cli images compose swarm kubernetes sanitize clean: settings

# Comes before the build, which would wait for the tests of another make. A program that was built before there was this
# option exits 3.
idle: settings
	@[ ! -x $(SHOOTOUT) ] || { said=$$($(SHOOTOUT) setup --idle 2>&1) || [ $$? != 2 ] || { echo "$$said" >&2; exit 2; }; }

settings: export FRAMEWORK := $(FRAMEWORK)
settings: export SLOWDOWNS := $(SLOWDOWNS)
settings: export MEASURE := $(MEASURE)
settings: export CHANGES := $(CHANGES)
settings: export MAKE_VARIABLES := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
settings:
	@.ci/check-settings $(MAKECMDGOALS)

clean: ## take everything down, remove what was built
	@if [ -x $(SHOOTOUT) ]; then $(SHOOTOUT) down; fi
	rm -rf .build

# A signal ends the measurement, not the shell: what was measured until then is reported, whatever ended it. Suites below
# that of parity test the parity tests themselves. Quiet tests print issues and what they say themselves, but no lines for
# each attachment. A quiet build would print nothing for minutes, so it is a command of its own.
define measure-and-report
	trap : HUP INT TERM; \
	$(SWIFT) build --build-tests && $(SWIFT) test --skip-build --quiet --filter '$(TESTS)' --skip 'ParityTests/[A-Z]' \
	--attachments-path "$$run/attachments"; measured=$$?; \
	trap '' HUP INT TERM; $(SHOOTOUT) report "$$run"
endef

# While somebody measures, a build would wait for the end of that. The program is there then.
build-cli = { [ -x $(SHOOTOUT) ] && { $(SHOOTOUT) setup --idle >/dev/null 2>&1; [ $$? = 2 ]; }; } || \
	$(SWIFT) build --product shootout

cli:
	@$(build-cli)

# Installs Debian packages when it may, saying so first; otherwise prints the one command to run.
define install
	[ -n "$(1)" ] || exit 0; \
	install="apt-get install -y --no-install-recommends$(1)"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then sudo=''; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then sudo='sudo'; \
	else echo "missing:$(1)" >&2; echo "run: sudo $$install" >&2; exit 1; fi; \
	echo "missing:$(1); running: $$sudo $$install"; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive $$install
endef

# The package does not build without libpq, so this comes before any Swift. In containers PostgreSQL, Python and valgrind
# come with the images; the unit tests want them here all the same.
packages:
	@missing=''; \
	[ -f /usr/include/postgresql/libpq-fe.h ] || missing="$$missing libpq-dev"; \
	case "$$SHOOTOUT_DEPLOYMENT$(UNIT_TESTS)" in docker|external) ;; *) \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	python3 -I -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3 python3-venv"; \
	for program in valgrind strace; do command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	[ -n "$$(ls /usr/lib/*/libjemalloc.so.2 /usr/lib64/libjemalloc.so.2 2>/dev/null)" ] || missing="$$missing libjemalloc2";; \
	esac; \
$(call install,$$missing)
	@case "$$SHOOTOUT_DEPLOYMENT$(UNIT_TESTS)" in docker|external) exit 0;; esac; \
	[ "$$(id -u)" = 0 ] && ! id $(ACCOUNT) >/dev/null 2>&1 || exit 0; \
	make="useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin $(ACCOUNT)"; \
	echo "missing: the account $(ACCOUNT), as which root runs the servers and the database; running: $$make"; \
	$$make

# What the engine is held beside. nginx is only unpacked: installed, it would start and listen on all addresses.
peers:
	@missing=''; \
	command -v wrk >/dev/null || missing="$$missing wrk"; \
	command -v hey >/dev/null || missing="$$missing hey"; \
$(call install,$$missing)
	@command -v nginx >/dev/null || [ -x .build/nginx/usr/sbin/nginx ] || [ -x /usr/sbin/nginx ] || { \
	echo 'missing: nginx; unpacking its Debian package into .build/nginx'; \
	mkdir -p .build/nginx && cd .build/nginx && apt-get download nginx && dpkg-deb -x nginx_*.deb .; }
