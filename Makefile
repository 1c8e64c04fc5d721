# make demo    two pods at work on a private Postgres and object store, live in this terminal
# make test    every test, on real servers, processes and terminals
# make check   what CI runs: format, gates, release build, tests
# Every other target is explained beside it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := build

SOURCES := Sources Tests Benchmarks/Rates Package.swift
RELEASE := .build/release

# SwiftPM keeps caches below HOME; a user without a usable one gets a folder here.
ifneq ($(shell test -d "$${HOME:-}" -a -w "$${HOME:-}" && echo usable),usable)
export HOME := $(CURDIR)/.build/home
$(shell mkdir -p '$(HOME)')
endif

.PHONY: build demo test model chaos load-http fuzz-http check bench screenshots deps deps-test deps-bench deps-model lint gates format \
	clean legacy-fixture migrate-example-bundles

# What the programs and the demo need: Debian packages, and rclone in .tools. Offline when all is there.
deps:
	@scripts/deps.sh demo

# What only the tests need.
deps-test:
	@scripts/deps.sh test

# What only the measurements need: the peers.
deps-bench:
	@scripts/deps.sh bench

# The two programs as they are shipped: optimised, stripped, without need of a Swift runtime.
build: deps
	@scripts/build-release.sh

demo: deps build
	@$(RELEASE)/bundletop demo

# TESTS='--filter NAME' runs some of them. The logs stay in .build/test-logs, searched for secrets.
TESTS ?=
test: deps deps-test
	swift build --manifest-cache none --build-tests
	@scripts/test.sh $(TESTS)

# The job protocol over every interleaving, and that each of its guards is needed (Tests/Model).
deps-model:
	@scripts/deps.sh model

model: deps-model
	@scripts/model.sh

# 200 jobs for 3 pods, one of which is killed every two seconds, for a minute. CHAOS_SEED=N falls as a run before.
CHAOS_JOBS ?= 200
CHAOS_SECONDS ?= 60
export CHAOS_SEED ?=
chaos: export CHAOS_JOBS := $(CHAOS_JOBS)
chaos: export CHAOS_SECONDS := $(CHAOS_SECONDS)
chaos: deps deps-test
	swift build --manifest-cache none --build-tests
	swift test --skip-build --disable-xctest --filter EndToEnd.Chaos

# A pod with 50 clients that follow events and 200 requests a second, for a minute.
load-http: export LOAD_SECONDS ?= 60
load-http: deps deps-test
	swift build --manifest-cache none --build-tests
	swift test --skip-build --disable-xctest --filter EndToEnd.Load

# Asks a pod all that its /openapi.json allows, and much that it does not, ten times as often as the tests do.
# FUZZ_SEED=N asks as a run before.
export FUZZ_SEED ?=
fuzz-http: export FUZZ_EXAMPLES ?= 100
fuzz-http: deps deps-test
	swift build --manifest-cache none --build-tests
	swift test --skip-build --disable-xctest --filter EndToEnd.Fuzz

# Cheapest first; the tests' own summary is the last thing printed.
check: deps deps-test lint gates model build test

# AppHub's name for what `bundletop migrate` does: by itself it says what a run would do. docs/migration.md has the rest.
# make migrate-example-bundles STEP=run ARGS='--legacy-dir old/core-0 --legacy-dir old/core-1'
STEP ?= plan
ARGS ?=
migrate-example-bundles: build
	@$(RELEASE)/bundletop migrate $(STEP) $(ARGS)

# The pictures of the README, of a real run in a real terminal.
screenshots: deps build
	SETTLE=5 scripts/screenshot.sh screenshots/dashboard.png 132x30 '$(RELEASE)/bundletop demo' Return

# Measures beside peers, for about a quarter of an hour, and writes docs/benchmarks.md. BIN=DIR measures the
# programs there.
# The fastest way to one row: make bench ROWS=idle OUTPUT=/dev/null
BIN ?= $(RELEASE)
ROWS ?=
OUTPUT ?= docs/benchmarks.md
bench: deps deps-bench
	$(if $(filter $(RELEASE),$(BIN)),@scripts/build-release.sh bundletop bundlepod rates)
	@python3 -B Benchmarks/bench.py --binaries '$(BIN)' --output '$(OUTPUT)' $(ROWS)

# A directory as AppHub's pods left them, with every kind of damage at known places, listed in DIR.planted.json beside
# it. PAIR=1 makes two that disagree, SEED=N other ones.
N ?= 1000
DIR ?= .build/legacy-fixture
SEED ?= 1
PAIR ?=
legacy-fixture:
	@python3 -B scripts/legacy_fixture.py $(if $(PAIR),--pair,--count '$(N)') --seed '$(SEED)' '$(DIR)'

format:
	swift format --in-place --recursive --parallel $(SOURCES)

lint:
	swift format lint --strict --recursive --parallel $(SOURCES)

# House rules that a compiler does not know.
gates:
	@scripts/gates.sh

clean:
	rm -rf .build .build-*
