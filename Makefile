# `make run` and `make test` are all that a fresh Debian machine needs.
# Builds are cached outside the checkout, so that a fresh clone need not build everything again.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/colloquy/target
# whisper.cpp's bindings are shipped with the crate: no libclang is needed.
export WHISPER_DONT_GENERATE_BINDINGS = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# A Node that the set-up installed, where Debian's is too old. It comes first: only the set-up decides whether it is there.
export PATH := $(HOME)/.cache/colloquy/node/bin:$(HOME)/.cargo/bin:$(PATH)

# Recordings of real people with their texts, too large for the repository (tests/speech has some of them).
SPEECH ?= ../shared/speech
# What turn-taking is kept at; README says which targets are missed.
TURNS := --at-most rules.0.real.percent=10 --at-most rules.0.backchannel.percent=5 --at-most rules.0.noise.percent=5 \
	--at-least rules.0.smooth.percent=90 --at-least rules.0.silent.percent=95

COLLOQUY := $(CARGO_TARGET_DIR)/release/colloquy
export COLLOQUY_BIN := $(COLLOQUY)

.PHONY: run test accept accept-speech bench setup setup-tests build weights lint deny ui browser help

help: ## List what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: setup build weights ## Install what is missing, fetch the weights, build, seed a demo session, serve on port 8080
	@$(COLLOQUY) demo --once
	@exec $(COLLOQUY) serve

test: setup-tests ui lint build weights browser ## Everything in under 20 minutes: format, lints, unit, contract and end-to-end tests on real models
	cargo nextest run --release --workspace --no-fail-fast

accept: setup-tests build weights ## The long proofs, on all of ../shared/speech
	cd tests/browser && npm ci --silent --no-audit --no-fund && npm test --silent
	$(COLLOQUY) models fetch --group test
	cargo nextest run --release -p colloquy-tests --features accept --no-fail-fast
	$(COLLOQUY) simulate
	@if [ -d $(SPEECH) ]; then $(MAKE) --no-print-directory accept-speech; \
	else echo "$(SPEECH) is not here: word errors and turn-taking over all of it were not measured"; fi

accept-speech:
	cargo run --release -p colloquy-models --example wer -- $(SPEECH)
	$(COLLOQUY) bench --duplex --speech $(SPEECH) $(TURNS)

bench: setup ## Microbenches of what runs for every frame and every turn
	cargo bench -p colloquy-benches

ui: ## Build the pages into web/ui/dist, which the program embeds; fails if what is committed differs
	cd web/ui && npm ci --silent --no-audit --no-fund && npm run --silent check && npm test --silent && npm run --silent build && npm run --silent size
	@git diff --exit-code --stat -- web/ui/dist || { echo "web/ui/dist was not made from web/ui/src: commit what make ui built"; exit 1; }

browser: ## The pages in Chromium: the keyboard, the two ways of a voice, writing and the console with the real program
	cd tests/browser && npm ci --silent --no-audit --no-fund && node --test --test-concurrency=1 keyboard.test.mjs back.test.mjs agrees.test.mjs rests.test.mjs room.test.mjs copy.test.mjs transport.test.mjs goodbye.test.mjs text.test.mjs console.test.mjs console_holds.test.mjs insights_states.test.mjs quality_states.test.mjs

lint:
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets --features colloquy-tests/accept,colloquy/mic -- -D warnings
	@if command -v cargo-deny >/dev/null 2>&1; then $(MAKE) --no-print-directory deny; \
	else echo "cargo-deny is not installed: licences and advisories were not checked"; fi

deny:
	cargo deny --log-level error check licenses bans sources
	@if cargo deny --log-level error fetch db; then cargo deny --log-level error check advisories; \
	else echo "the list of advisories cannot be fetched: they were not checked"; fi

build:
	cargo build --release --workspace

weights:
	@$(COLLOQUY) models fetch

setup:
	@sh .ci/setup.sh

setup-tests:
	@sh .ci/setup.sh tests
