# What one does with this repository. `make` alone lists it.

CARGO       ?= cargo
# .ci and packagers may add, say, CARGO_FLAGS=--locked
CARGO_FLAGS ?=
SAY          = printf '==> %s\n'
PREFIX      ?= /usr/local
# What a user runs: the command, the library it preloads.
COMMAND      = -p cmp-bridge-cli -p cmp-bridge-agent

.DEFAULT_GOAL := help
.PHONY: help setup setup-build build legacy test test-long test-real run-tests demo demo-hpux bench lint install uninstall clean

help:
	@echo 'make demo       the whole cycle on the reference CMP, in front of you'
	@echo 'make demo-hpux  a PA-RISC executable under qemu: Rust answers it, is killed, comes back'
	@echo 'make test       every test; installs what is missing first'
	@echo 'make test-long  the same with the whole matrices instead of samples'
	@echo 'make test-real  three libraries from Debian source packages: scanned, and recorded while they test themselves;'
	@echo '                a patch, and recording, on Debian 11 with its older libc and compilers (as root)'
	@echo 'make bench      what each route costs, as ratios measured in one run'
	@echo 'make lint       formatting, clippy, documentation: no warning allowed'
	@echo 'make build      the workspace and the reference CMP'
	@echo 'make setup      install the compilers and tools that are missing, saying which and why'
	@echo 'make install    command, agent, manual pages and completions, below PREFIX ($(PREFIX))'
	@echo 'make clean      remove everything that was built'

setup:
	@scripts/setup.sh

# The compilers alone: for those who build and look, and do not test.
setup-build:
	@scripts/setup.sh build

legacy:
	@$(SAY) 'building the reference CMP with its own Makefile'
	@$(MAKE) --silent --no-print-directory -C legacy

build: setup-build legacy
	@$(SAY) 'building the workspace'
	@$(CARGO) build --workspace $(CARGO_FLAGS)

# Says how long it took, whether it succeeded or not.
test:
	@start=$$(date +%s); status=0; \
	$(MAKE) --no-print-directory run-tests || status=$$?; \
	took=$$(($$(date +%s) - start)); verdict=passed; [ $$status -eq 0 ] || verdict=FAILED; \
	$(SAY) "tests $$verdict in $$((took / 60)) min $$((took % 60)) s"; \
	exit $$status

# Tests read CMP_BRIDGE_LONG: where it is 1 they run whole matrices, otherwise samples.
test-long:
	@CMP_BRIDGE_LONG=1 $(MAKE) --no-print-directory NEXTEST_FLAGS='--profile long' test

# Code that nobody wrote for this project, and an older system. Needs Debian's archive.
test-real: setup
	@scripts/real.sh target/real
	@scripts/old-machine.sh target/old-machine
	@CARGO_TARGET_DIR=target scripts/old-glibc.sh --quiet $(COMMAND) -p rewrite-three $(CARGO_FLAGS)
	@$(CARGO) build --quiet $(COMMAND) $(CARGO_FLAGS)
	@$(CARGO) test -p cmp-bridge-cli --test real $(CARGO_FLAGS)

run-tests: setup build
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(SAY) 'running the tests with cargo-nextest' && \
		$(CARGO) nextest run --workspace $(NEXTEST_FLAGS) $(CARGO_FLAGS); \
	else \
		$(SAY) 'running the tests with cargo test' && \
		$(CARGO) test --workspace --lib --bins --tests --no-fail-fast --quiet $(CARGO_FLAGS); \
	fi
	@$(SAY) 'running the tests of Rust calling the reference CMP (linked, through bindgen and cxx), and its examples'
	@$(CARGO) test --quiet -p cmp-bridge --features cmp --test cmp --test cmp_twins $(CARGO_FLAGS)
	@$(CARGO) test --quiet -p cmp-bridge --features cmp --doc $(CARGO_FLAGS) cmp::
	@$(SAY) 'running the examples in the documentation'
	@$(CARGO) test --workspace --doc --quiet $(CARGO_FLAGS)

demo: setup-build legacy
	@$(SAY) 'building the command, the agent and the example modules'
	@$(CARGO) build --release $(COMMAND) -p rewrite-three -p rewrite-three-wrong $(CARGO_FLAGS)
	@scripts/demo.sh

demo-hpux: setup
	@$(SAY) 'building the reference CMP for PA-RISC, with its own Makefile'
	@$(MAKE) --silent --no-print-directory -C legacy CROSS=hppa-linux-gnu- VARIANT=nopie
	@$(SAY) 'building the command and the module'
	@$(CARGO) build --release -p cmp-bridge-cli -p propagation-remote $(CARGO_FLAGS)
	@scripts/demo-hpux.sh

bench: setup legacy
	@$(SAY) 'building the command and the agent'
	@$(CARGO) build --release $(COMMAND) $(CARGO_FLAGS)
	@scripts/bench.sh

lint: setup
	@$(SAY) 'formatting'
	@$(CARGO) fmt --all --check
	@$(SAY) 'clippy'
	@$(CARGO) clippy --workspace --all-targets --quiet $(CARGO_FLAGS) -- -D warnings
	@$(SAY) 'documentation'
	@RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --document-private-items --quiet $(CARGO_FLAGS)

# DESTDIR is for packagers.
install:
	@$(CARGO) build --release $(COMMAND) $(CARGO_FLAGS)
	@scripts/install.sh '$(DESTDIR)$(PREFIX)'

uninstall:
	@scripts/install.sh --remove '$(DESTDIR)$(PREFIX)'

clean:
	@$(SAY) 'removing everything that was built'
	@$(CARGO) clean
	@$(MAKE) --silent --no-print-directory -C legacy clean
