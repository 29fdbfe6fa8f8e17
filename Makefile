# Commands for people who build, test and try the hotline. `make help` lists them.
SHELL := /bin/sh
LINT_VERSION := v2.15.0
LINT := bin/tools/golangci-lint-$(LINT_VERSION)

.PHONY: help build demo test vet lint race bench compare plots flow web web-packages clean

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

build: ## build bin/hotline and bin/phones
	@go build $(V) -o bin/ ./cmd/hotline ./cmd/phones

demo: ## install what is missing, build, place three real calls, leave the service running (DEMO_EXIT=1 ends it)
	@deploy/debian.sh demo
	@echo "building (the first time takes a minute or two)"
	@$(MAKE) --no-print-directory build V=-v
	@bin/hotline demo

test: ## everything CI does: install what is missing, vet, lint, race tests, flow checks, real peers
	@deploy/debian.sh test
	@$(MAKE) --no-print-directory web-packages || echo "the page of the console is not built again: its packages are not to be had"
	@$(MAKE) --no-print-directory vet lint race flow

vet: ## go vet
	go vet ./...

lint: $(LINT) ## linters and formatting, shell scripts
	$(LINT) run ./...
	$(LINT) fmt --diff ./...
	shellcheck deploy/*.sh deploy/bench/*.sh .ci/run

$(LINT):
	@mkdir -p bin/tools
	@echo "building golangci-lint $(LINT_VERSION) (two minutes, once)"
	@GOBIN=$(CURDIR)/bin/tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv bin/tools/golangci-lint $@

race: ## all tests with the race detector; a missing peer or database is a failure
	HOTLINE_TEST_REQUIRE=all go test -race -timeout 20m $$(go list ./... | grep -v '^hotline/cmd/hotline$$')
	@# The whole program with its peers, after all else: telephones want a machine to themselves.
	HOTLINE_TEST_REQUIRE=all go test -race -timeout 20m ./cmd/hotline

bench: ## benchmarks of the hot paths, for benchstat
	go test -run '^$$' -bench . -benchmem -count 6 ./media/... ./acd/... ./store/journal/...

compare: ## measure this commit and another by turns, ten minutes and more: make compare BASE=<commit> [BENCH="--runs=5 --workloads=w2,w3"]
	@test -n "$(BASE)" || { echo "usage: make compare BASE=<commit>" >&2; exit 2; }
	@deploy/bench/compare.sh $(BASE) $(BENCH)

plots: build ## measure how cost grows with load, and draw it: deploy/bench/plots/*.svg
	@go build -o bin/ ./deploy/bench
	@bin/bench plots $(BENCH)

flow: build ## check, play and prove the shipped call flows
	bin/hotline flow check
	bin/hotline flow test
	bin/hotline flow prove

web: web-packages ## build the page of the console into console/web/dist, which is committed (Node 20.19 or later)
	@cd console/web && npm run --silent build

web-packages:
	@cd console/web && npm ci --no-audit --no-fund --loglevel=error

clean: ## remove what was built
	rm -rf bin
