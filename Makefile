# What can be done here. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help demo build lint test e2e bench image clean

IMAGE ?= dropcap:dev
# What `dropcap version` names: the commit that is built, if this is a repository.
export DROPCAP_COMMIT ?= $(shell git describe --always --dirty --abbrev=40 --exclude '*' 2>/dev/null)

help: ## List the targets
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

build: node_modules/.installed ## Bundle the command into dist/
	npm run --silent build

demo: build ## Install, build, and harden manifests of well-known software through the real webhook
	@npm run --silent demo

lint: node_modules/.installed ## Types, lint rules and formatting
	npm run --silent lint

test: build ## Run all tests
	npm test

e2e: node_modules/.installed ## Test on a real Kubernetes: yours, if KUBECONFIG is set, else one made here (root, Go); E2E="PATTERN"
	npm run --silent e2e -- $(E2E)

bench: build ## Measure against the goals; BENCH="--quick" for a short run
	npm run --silent bench -- $(BENCH)

image: ## Build the container image; needs docker, podman or buildah
	$(or $(shell command -v docker || command -v podman || command -v buildah),docker) build --build-arg DROPCAP_COMMIT -t $(IMAGE) .

clean: ## Remove what was built and installed
	rm -rf dist node_modules coverage
