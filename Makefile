# What a contributor runs. `make` lists it. Recipes stay one line; what needs more is a script below tests/scripts.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CARGO ?= cargo
CLUSTER_SOURCES := tests/cluster
GO_SOURCES := $(CLUSTER_SOURCES) tests/helm
# cargo-deny and its like are tools, not dependencies: they live beside cargo, not in the build folder
DENY_VERSION := 0.20.2
SCRIPTS = $(shell git grep -lI --untracked -E '^.!/(usr/bin/env bash|bin/(ba)?sh)' -- . ':!*.rs' ':!*.md')
say = @printf '\033[1m==> %s\033[0m\n' '$(1)'

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- see it ------------------------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: ## A newcomer's first run: cluster, operator, a shop, three real faults (YES=1: do not ask, KEEP=1: leave it running)
	$(call say,building the demo; the first time takes some minutes)
	@$(CARGO) run --quiet -p chatcli-tests --bin demo

# --- build -------------------------------------------------------------------------------------------------------------------------

.PHONY: build
build: ## Build the operator, its reader of repositories and the plugin as they are shipped
	$(CARGO) build --release -p chatcli-operator -p chatcli-source -p kubectl-chatcli

.PHONY: image
image: build ## Build the operator's container image (IMAGE=name:tag)
	tests/scripts/image.sh "$(or $(IMAGE),chatcli-operator:dev)"

.PHONY: dist
dist: ## Make the plugin's archives, checksums and krew manifest in target/dist (PLATFORMS="linux_amd64 …")
	tests/scripts/dist.sh $(PLATFORMS)

.PHONY: install
install: build ## Install the plugin as `kubectl chatcli` for this user (PREFIX=~/.local)
	install -D -m 0755 target/release/kubectl-chatcli "$(or $(PREFIX),$(HOME)/.local)/bin/kubectl-chatcli"
	@test ! -f completions/kubectl_complete-chatcli || install -D -m 0755 completions/kubectl_complete-chatcli "$(or $(PREFIX),$(HOME)/.local)/bin/kubectl_complete-chatcli"

.PHONY: generate
generate: ## Write CRDs, RBAC, reference pages and completions from the code
	$(CARGO) run --quiet -p chatcli-tests --bin generate

# --- check -------------------------------------------------------------------------------------------------------------------------

.PHONY: test
test: ## Run everything: units, API contract, behaviour on a real cluster
	tests/scripts/test.sh

.PHONY: soak
soak: ## Run the long tests too: every fault, kills of multi-step plans, injections
	SOAK=1 tests/scripts/test.sh

.PHONY: bench
bench: ## Measure the release build against the goals: a table, and target/bench.json
	$(call say,building the release binaries; the first time takes some minutes)
	@$(CARGO) run --quiet -p chatcli-tests --bin bench

.PHONY: lint
lint: lint-format lint-code lint-dependencies lint-shell lint-go lint-generated ## Check formatting, code, licences, scripts, Go and generated files
	$(call say,lint passed)

.PHONY: lint-format lint-code lint-dependencies lint-shell lint-go lint-generated
lint-format:
	$(call say,rustfmt)
	@$(CARGO) fmt --all --check

lint-code:
	$(call say,clippy)
	@$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

lint-dependencies: $(or $(shell command -v cargo-deny),cargo-deny)
	$(call say,licences, banned crates and sources)
	@$(CARGO) deny --log-level error check licenses bans sources

lint-shell: $(or $(shell command -v shellcheck),shellcheck)
	$(call say,shellcheck)
	@shellcheck $(SCRIPTS)

lint-go:
	$(call say,go vet and gofmt)
	@unformatted=$$(gofmt -l $(GO_SOURCES)) && { [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted"; exit 1; }; }
	@for sources in $(GO_SOURCES); do (cd $$sources && go vet ./...) || exit 1; done

lint-generated:
	$(call say,generated files are current)
	@$(CARGO) run --quiet -p chatcli-tests --bin generate -- --check

.PHONY: advisories
advisories: $(or $(shell command -v cargo-deny),cargo-deny) ## Check the dependencies for known vulnerabilities (fetches the advisory database)
	$(CARGO) deny check advisories

# Not files: these targets install what a check needs and is missing.
.PHONY: cargo-deny shellcheck
cargo-deny:
	$(call say,installing cargo-deny $(DENY_VERSION) from crates.io; once per machine)
	@$(CARGO) install --quiet --locked --debug --no-default-features --version $(DENY_VERSION) cargo-deny

shellcheck:
	$(call say,installing shellcheck)
	@tests/scripts/need.sh shellcheck
