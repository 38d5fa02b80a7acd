# Flightlog. 'make demo' shows what it does; 'make test' checks it; 'make help' lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PREFIX  ?= /usr/local
# Where zsh of this prefix looks for completions.
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
RELEASE := .build/release/flightlog
EXTENSION := .build/libflightlog_sqlite.so
EXTENSION_SOURCES := Sources/CFlightlogSQLite Sources/CFlyteJSON
SOURCES := $(shell find Sources schema queries -type f) Package.swift

# What building, testing and checking a page need from the distribution (Debian 12, Ubuntu 24.04 and later: SQLite 3.38 is the oldest).
EXTENSION_PACKAGES := gcc libc6-dev libsqlite3-dev libzstd-dev
BUILD_PACKAGES := libsqlite3-dev libcurl4-openssl-dev libzstd-dev libyaml-dev libmicrohttpd-dev libssl-dev \
    libre2-dev g++
TEST_PACKAGES  := $(BUILD_PACKAGES) sqlite3 zstd curl python3 python3-venv tzdata
PAGE_PACKAGES  := chromium
POSTGRES_PACKAGES := $(BUILD_PACKAGES) python3 postgresql
# Debian's clang, whose sanitizers and fuzzer are packages of its own version; Swift's has no fuzzer.
FUZZ_CC := /usr/bin/clang
FUZZ_PACKAGES := $(EXTENSION_PACKAGES) clang libclang-rt-dev python3 zstd
SHELL_PACKAGES := python3 zsh fish bash-completion
MANUAL_PACKAGES := mandoc man-db
SETUP_PACKAGES := python3 python3-venv systemd
DEB_PACKAGES   := $(BUILD_PACKAGES) dpkg-dev binutils gzip
DEBIAN_PACKAGES := $(DEB_PACKAGES) debootstrap python3
INGRESS_PACKAGES := $(BUILD_PACKAGES) python3 nginx-light openssl

# All at once, tests wait for each other longer than connections and clocks stand still.
RUN_TESTS := swift test --skip-build --experimental-maximum-parallelization-width 4
# XCTest has no tests here, and leaks.
SANITIZED_TESTS := SANITIZED=1 LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.txt:print_suppressions=0 swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 2

.PHONY: help demo build extension test record bench lint install deb pictures clean
.PHONY: deps-build deps-extension deps-test deps-page deps-ingress deps-shells deps-manual deps-setup deps-deb deps-debian
.PHONY: deps-postgres deps-fuzz check-completions check-manual check-setup check-debian check-page check-ingress check-kill check-datasette check-notebooks check-flips check-keeping check-threads check-addresses check-postgres fuzz-extension fuzz-harvest check-changes check-survival check-truths

help: ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

demo: $(RELEASE) ## Harvests the sample installation over HTTP into demo/, and reports on it.
	@$(RELEASE) demo demo

build: $(RELEASE) ## Builds the one executable, optimised, with the Swift runtime inside.

$(RELEASE): $(SOURCES) | deps-build
	swift build -c release --static-swift-stdlib --product flightlog

extension: $(EXTENSION) ## Builds the functions for the stock sqlite3 shell, Python and Datasette.

# The same C files that the tool has inside; at run time it needs nothing but libzstd.
$(EXTENSION): $(wildcard $(EXTENSION_SOURCES:%=%/*.[ch]) Sources/CFlyteJSON/include/*.h Sources/CFlyteJSON/include/flyte_json/*.h) | deps-extension
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -fPIC -fvisibility=hidden -shared -s -ISources/CFlyteJSON/include -o $@ $(filter %.c,$^) -lzstd -lm

test: deps-test $(EXTENSION) .build/venv/codec/ready ## Passes the tests.
	swift build --build-tests
	$(RUN_TESTS)
	.build/venv/codec/bin/python Tests/codec/run

# A run that records fails, so that it cannot pass for a check; the lists come first, as what follows is made of them.
record: deps-test ## Writes anew what tests keep: lists, schema pages, snapshots. Read the difference like code.
	-RECORD=1 swift test --filter ListTests
	-RECORD=1 swift test

lint: ## The formatter has nothing to say.
	swift format lint --strict --recursive Sources Tests Package.swift

bench: $(RELEASE) .build/venv/bench/ready ## Measures the promises, each beside its reference and its budget.
	swift build -c release --static-swift-stdlib --product bench-probe
	.build/venv/bench/bin/python Tests/bench/run

check-changes: $(RELEASE) .build/venv/changes/ready ## Compares the changes of 200 series with those that Apache Otava finds.
	.build/venv/changes/bin/python Tests/changes/run

check-survival: .build/venv/survival/ready ## Compares the times to success of 1,000 tables with those of lifelines.
	.build/venv/survival/bin/python Tests/survival/run

check-truths: $(RELEASE) deps-test ## Finds what is planted in eleven samples, and counts what is told of 200 where nothing is.
	Tests/truths/run $(TRUTHS_ARGUMENTS)

check-page: $(RELEASE) deps-page ## Opens the report in headless Chromium: no request, no console message, no table cut off.
	Tests/page/run

check-kill: $(RELEASE) deps-test ## Kills harvests with -9 at random moments and compares the archives.
	Tests/kill/run $(KILL_ARGUMENTS)

check-ingress: $(RELEASE) deps-ingress ## Harvests through nginx: HTTP/2, TLS with a private authority, a proxy.
	Tests/ingress/run

check-postgres: $(RELEASE) deps-postgres ## Runs the prune plan of a thousand hostile names in a PostgreSQL of its own.
	Tests/postgres/run

# What was found once is where the next run begins; .build/fuzz/crash-… is an input that fails.
fuzz-extension: .build/fuzz/extension .build/fuzz/seeds/ready ## Looks for bytes on which the SQL functions fail, for FUZZ_MINUTES (10).
	@mkdir -p .build/fuzz/found
	cd .build/fuzz && ./extension -max_total_time=$$(( $${FUZZ_MINUTES:-10} * 60 )) -max_len=8192 -timeout=60 \
	    -rss_limit_mb=1024 -print_final_stats=1 found seeds

.build/fuzz/extension: Tests/fuzz/extension.c $(wildcard $(EXTENSION_SOURCES:%=%/*.[ch]) Sources/CFlyteJSON/include/flyte_json/*.h) | deps-fuzz
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=gnu11 -g -O1 -DSQLITE_CORE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	    -ISources/CFlyteJSON/include -o $@ $(filter %.c,$^) -lsqlite3 -lzstd -lm

.build/fuzz/seeds/ready: Tests/fuzz/corpus Tests/fuzz/extension.c | deps-fuzz
	Tests/fuzz/corpus $(@D)
	@touch $@

fuzz-harvest: $(RELEASE) deps-test ## Harvests from answers that seeds change, for FUZZ_MINUTES (10), from FUZZ_SEED (1).
	Tests/fuzz/harvest $${FUZZ_SEED:-1} $${FUZZ_MINUTES:-10}

check-datasette: $(RELEASE) $(EXTENSION) .build/venv/datasette/ready .build/venv/datasette-next/ready ## Serves an archive with Datasette and asks every named query.
	.build/venv/datasette/bin/python Tests/datasette/run
	.build/venv/datasette-next/bin/python Tests/datasette/run

check-notebooks: $(RELEASE) $(EXTENSION) .build/venv/notebooks/ready ## Tests the Python package, and runs the notebook over the sample.
	.build/venv/notebooks/bin/python Tests/notebooks/run

check-keeping: deps-test ## Full disks, kills, copies and read-only media, for each verb that changes an archive.
	swift build --build-tests
	KEEPING=1 $(RUN_TESTS) --filter KeepingTests

check-flips: deps-test ## Turns over 2000 single bits of an archive: each is found, or carries nothing.
	swift build --build-tests
	FLIPS=$${FLIPS:-2000} $(RUN_TESTS) --filter FlipTests

# Each sanitizer has a build of its own. Its runtime is inside the executable that tests start, too. Threads are looked at
# unoptimised: of Swift's own code that is inlined, and of continuations that are resumed before they are awaited, the
# sanitizer reports races that are none.
check-threads: deps-test $(EXTENSION) ## Passes the tests under ThreadSanitizer.
	swift build --build-tests --sanitize=thread --scratch-path .build/tsan
	$(SANITIZED_TESTS) --sanitize=thread --scratch-path .build/tsan

check-addresses: deps-test $(EXTENSION) ## Passes the tests under AddressSanitizer, which looks for leaks as well.
	swift build -c release -Xswiftc -enable-testing --build-tests --sanitize=address --scratch-path .build/asan
	$(SANITIZED_TESTS) -c release -Xswiftc -enable-testing --sanitize=address --scratch-path .build/asan

check-completions: $(RELEASE) deps-shells ## Completes in real bash, zsh and fish, by a table.
	Tests/completions/run

check-manual: $(RELEASE) deps-manual ## Reads every page of the manual with mandoc's lint and with man.
	Tests/manual/run

check-setup: $(RELEASE) deps-setup .build/venv/setup/ready ## Checks what 'flightlog setup' makes: units, crontabs, manifests.
	.build/venv/setup/bin/python Tests/setup/run

check-debian: deb deps-debian ## Installs the package in a fresh Debian, and lets cron's environment harvest there.
	Tests/debian/run

install: $(RELEASE) $(EXTENSION) ## Copies executable, extension, manual and completions below PREFIX.
	install -D -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/flightlog
	install -D -m 644 $(EXTENSION) $(DESTDIR)$(PREFIX)/lib/libflightlog_sqlite.so
	install -d $(DESTDIR)$(PREFIX)/share/man $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(ZSH_COMPLETIONS) $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	umask 022; $(RELEASE) man --out $(DESTDIR)$(PREFIX)/share/man
	umask 022; $(RELEASE) completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/flightlog
	umask 022; $(RELEASE) completions zsh > $(DESTDIR)$(ZSH_COMPLETIONS)/_flightlog
	umask 022; $(RELEASE) completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/flightlog.fish

deb: .build/deb/flightlog.deb ## Makes .build/deb/flightlog.deb, for the release of Debian or Ubuntu that it is made on.

DEB := .build/deb/root
.build/deb/flightlog.deb: $(RELEASE) $(EXTENSION) LICENSE Makefile | deps-deb
	rm -rf .build/deb && mkdir -p $(DEB)/DEBIAN .build/deb/debian
	$(MAKE) --no-print-directory install DESTDIR=$(DEB) PREFIX=/usr ZSH_COMPLETIONS=/usr/share/zsh/vendor-completions
	strip --strip-unneeded $(DEB)/usr/bin/flightlog
	gzip -9n $(DEB)/usr/share/man/man?/*
	install -D -m 644 LICENSE $(DEB)/usr/share/doc/flightlog/copyright
	printf 'Source: flightlog\n\nPackage: flightlog\nArchitecture: any\n' > .build/deb/debian/control
	cd .build/deb && dpkg-shlibdeps -O root/usr/bin/flightlog root/usr/lib/libflightlog_sqlite.so > depends
	{ echo 'Package: flightlog'; \
	  echo "Version: $$($(RELEASE) --version | cut -d ' ' -f 2)"; \
	  echo "Architecture: $$(dpkg --print-architecture)"; \
	  echo 'Maintainer: whoever built it <root@localhost>'; \
	  echo "Installed-Size: $$(du -k -s --exclude=DEBIAN $(DEB) | cut -f 1)"; \
	  sed -n 's/^shlibs:Depends=/Depends: /p' .build/deb/depends; \
	  echo 'Recommends: ca-certificates, tzdata'; \
	  echo 'Suggests: sqlite3'; \
	  echo 'Section: database'; \
	  echo 'Priority: optional'; \
	  echo 'Description: flight recorder for Flyte'; \
	  echo ' Harvests what a Flyte (v1) installation knows about its workflow executions into'; \
	  echo ' one SQLite file, and answers from that file, without the server, for years.'; \
	} > $(DEB)/DEBIAN/control
	dpkg-deb --root-owner-group --build $(DEB) $@

pictures: $(RELEASE) deps-page ## Makes the README's pictures anew.
	Tests/page/pictures

clean: ## Removes what was built, not what was harvested.
	rm -rf .build

# Python packages serve tests only, each in an environment of its own.
.build/venv/%/ready: Tests/%/requirements.txt | deps-test
	/usr/bin/python3 -m venv .build/venv/$*
	.build/venv/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

deps-build: ; @$(call need,$(BUILD_PACKAGES))
deps-extension: ; @$(call need,$(EXTENSION_PACKAGES))
deps-test:  ; @$(call need,$(TEST_PACKAGES))
deps-page:  ; @$(call need,$(PAGE_PACKAGES))
deps-postgres: ; @$(call need,$(POSTGRES_PACKAGES))
deps-fuzz: ; @$(call need,$(FUZZ_PACKAGES))
deps-ingress: ; @$(call need,$(INGRESS_PACKAGES))
deps-shells: ; @$(call need,$(SHELL_PACKAGES))
deps-manual: ; @$(call need,$(MANUAL_PACKAGES))
deps-setup: ; @$(call need,$(SETUP_PACKAGES))
deps-deb:   ; @$(call need,$(DEB_PACKAGES))
deps-debian: ; @$(call need,$(DEBIAN_PACKAGES))

# Installs what is missing of the named packages, without questions; says so where it cannot.
define need
command -v swift >/dev/null || { \
    echo "flightlog needs Swift 6 (https://swift.org/install); 'swift' is not in the PATH." >&2; exit 1; }; \
missing=$$(for p in $(1); do \
    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
    command -v apt-get >/dev/null || { echo "Please install:" $$missing >&2; exit 1; }; \
    as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
    echo "Installing from the distribution:" $$missing; \
    $$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null && \
    $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $$missing </dev/null >/dev/null || { echo "Please install:" $$missing >&2; exit 1; }; \
fi
endef
