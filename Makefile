# Two commands for a newcomer: `make drill` and `make test`. Both set everything up first.
#   LEEWARD_BUILD   build folder, may lie outside the clone so that it outlives it (default .build)
#   LEEWARD_TOOLS   folder of the programs that `make setup` brings (default .tools)
#   FRESH           how long `make test` tries random worlds from a seed that nobody chose (default 3m)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export LEEWARD_TOOLS ?= $(CURDIR)/.tools
export LEEWARD_BUILD ?= $(CURDIR)/.build
FRESH ?= 3m
# SwiftPM otherwise writes flags in random order and compiles packages again for nothing.
export SWIFT_DETERMINISTIC_HASHING := 1

CONFIGURATION := -c release --scratch-path "$(LEEWARD_BUILD)" $$(cat "$(LEEWARD_TOOLS)/swift-flags")
BIN = $(LEEWARD_BUILD)/release
PURE := ^(LeewardModelTests|LeewardDetectionTests|LeewardForecastTests|LeewardPlanningTests|LeewardSafetyTests|LeewardEngineTests|LeewardSimulationTests)\.
# One after another: tests that talk to real programs have deadlines, and must not share two cores with simulations.
SHELLS := LeewardHTTPTests LeewardFleetFileTests LeewardStoreTests LeewardDNSTests LeewardPrometheusTests \
	LeewardProcessesTests LeewardAgentTests LeewardRuntimeTests LeewardCommandsTests LeewardLabTests

# Journals that each format version keeps, and the version that is written now.
JOURNALS := Tests/LeewardCommandsTests/Journals
FORMAT = $(shell sed -n 's/.*static let version = //p' Sources/LeewardStore/JournalSchema.swift)

# What hangs ends the run and says where: lines are written as they come, and nothing takes ten times as long as it should.
LIMIT := stdbuf -oL timeout --kill-after=10s

# Root's tests and labs run without root's privileges, so that what only root may do is seen here and not by users.
DROP := setpriv --bounding-set=-all --inh-caps=-all
PLAIN = $(shell if [[ $$(id -u) == 0 ]] && $(DROP) true 2>/dev/null; then echo $(DROP); fi)

.PHONY: help setup build lint test drill chaos failpoints cuts soak years golden journals clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-8s %s\n", $$1, $$2 }'

setup: ## programs and headers, with apt-get as root, into .tools otherwise
	@scripts/setup

build: setup ## everything, tests too, in one configuration
	@swift build --build-tests $(CONFIGURATION)
	@# Beside the program, which says it with every rule that breaks; without git nobody knows it.
	@if commit=$$(git rev-parse HEAD 2>/dev/null); then \
		git diff --quiet HEAD || commit="$$commit with changes"; \
		echo "$$commit" > "$(BIN)/leeward.commit"; \
	else rm -f "$(BIN)/leeward.commit"; fi

lint: ## formatting and style
	@swift format lint --strict -r Sources Tests Package.swift

test: setup lint build ## every test, against real programs
	@# Without the variable hash order is random from run to run: nothing pure may depend on it.
	@env -u SWIFT_DETERMINISTIC_HASHING LEEWARD_EVERY_CUT=1 $(LIMIT) 40m swift test --skip-build $(CONFIGURATION) --filter '$(PURE)'
	@for room in $(SHELLS); do \
		echo "$$room"; \
		LEEWARD_REQUIRE_PROGRAMS=1 $(PLAIN) $(LIMIT) 12m swift test --skip-build $(CONFIGURATION) --filter "^$$room\\." \
			|| { (( $$? < 124 )) || echo "$$room HANGS: what started above and did not end has had 12 minutes"; exit 1; }; \
	done
	@# Worlds that nobody chose; the first seed is printed, so that a failure can be played again. They are told and do not end
	@# the run, which must not depend on luck; fixed seeds and scenarios above do (docs/scenarios.md).
	@"$(BIN)/leeward" simulate --fresh $(FRESH) --people-every 4 --fleets-every 3 --quiet --no-shrink || { [[ $$? == 1 ]] && echo "NOT MENDED YET: a rule broke in a fresh world, see above"; }
	@# The whole thing once: an outage from end to end, then a planned drill whose controller is killed three times.
	@$(PLAIN) "$(BIN)/leeward-lab" drill --out out/test/drill
	@$(PLAIN) "$(BIN)/leeward-lab" chaos --short --out out/test/chaos

soak: setup build ## 100,000 random worlds, seeds 1 to 100000, 20,000 with people and 20,000 with fleets of their own; some processor hours
	@broken=0; \
	"$(BIN)/leeward" simulate --seed 1 --count 100000 --quiet || broken=1; \
	"$(BIN)/leeward" simulate --people --seed 1 --count 20000 --quiet || broken=1; \
	"$(BIN)/leeward" simulate --fleets --seed 1 --count 20000 --quiet || broken=1; \
	exit $$broken

years: setup build ## 1,000 simulated fleet-years: decisions that were not right, and how fast a fifth missing is found
	@"$(BIN)/leeward-yardstick" fleet-years 1000 --seed 1

golden: setup build ## the stories of Scenarios/ written anew; read the difference
	@LEEWARD_REWRITE_GOLDEN=1 swift test --skip-build $(CONFIGURATION) --filter '^LeewardSimulationTests\.GoldenPathTests'

cuts: setup build ## every scenario, cut after every record and every call; some ten minutes
	@LEEWARD_ALL_CUTS=1 swift test --skip-build $(CONFIGURATION) --filter '^LeewardSimulationTests\.InterruptionTests'

journals: setup build ## journals of the present format for the tests of later versions; one that is there is never changed
	@for file in $(JOURNALS)/*.scenario; do \
		kept="$(JOURNALS)/v$(FORMAT)/$$(basename "$$file" .scenario).sqlite"; \
		[[ -e "$$kept" ]] || "$(BIN)/leeward" simulate "$$file" --quiet --journal "$$kept"; \
	done
	@LEEWARD_REWRITE_GOLDEN=1 swift test --skip-build $(CONFIGURATION) --filter '^LeewardCommandsTests\.KeptJournalTests'

failpoints: setup build ## the controller dies once at every named point in planned drills; nothing may be lost or land twice
	@"$(BIN)/leeward-lab" chaos --failpoints --out out/failpoints

chaos: setup build ## twenty kills of the controller in planned drills; nothing may be lost or land twice
	@"$(BIN)/leeward-lab" chaos

drill: setup build ## three regions on loopback: one breaks, is evacuated, heals, comes back
	@"$(BIN)/leeward-lab" drill

clean: ## removes what was built and what runs left behind, keeps the programs
	@rm -rf "$(LEEWARD_BUILD)" out
