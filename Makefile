# `make help` lists the targets and variables.
FIO		?= fio
FIO_SRC		?=
FIO_NEWER	?= build/fio-newer
CFLAGS		?= -O2 -g
PREFIX		?= /usr/local
DESTDIR		?=
SAN		?=
FUZZ_SECONDS	?= 600
FIO_GIT		?=

comma		:= ,
BUILD		?= build$(if $(SAN),/$(subst $(comma),-,$(SAN)))

fio_version	:= $(shell $(FIO) --version 2>/dev/null)
fio_tree	:= $(or $(FIO_SRC),build/fio-src/$(fio_version))
setup		:= FIO='$(FIO)' FIO_SRC='$(FIO_SRC)' FIO_GIT='$(FIO_GIT)' \
		   CC='$(CC)' scripts/setup

flags		:= -std=gnu11 -Wall -Wextra -I. -MD -MP $(CPPFLAGS) $(CFLAGS) \
		   $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
# What fio's own files are compiled with: it decides how structures lie.
fio_has		= $(if $(shell grep -ls $(1) $(fio_tree)/$(2)),-D$(3))
fio_flags	:= $(call fio_has,ramp_period_over,fio_time.h,FIO_HAS_RAMP_PERIOD) \
		   $(call fio_has,verify_header_seed,thread_options.h,FIO_HAS_VERIFY_HEADER_SEED) \
		   -isystem $(fio_tree) -include $(fio_tree)/config-host.h \
		   -DFIO_INTERNAL -D_GNU_SOURCE -D_LARGEFILE_SOURCE -D_FILE_OFFSET_BITS=64 \
		   -DMOONCAKE_FIO_VERSION=\"$(fio_version)\"
libs		:= -ljson-c -lz -lpthread -lm

objects		= $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
trace_obj	:= $(call objects,$(wildcard trace/*/*.c))
main_obj	:= $(call objects,trace/plan_main.c)
engine_obj	:= $(call objects,$(wildcard engine/*.c engine/*/*.c))
probe_obj	:= $(call objects,tests/fio_headers_probe.c)
backends_obj	:= $(call objects,$(wildcard tests/backends/*.c))
preload_obj	:= $(call objects,$(wildcard tests/preload/*.c))
unit_tests	:= $(patsubst tests/unit/%.c,$(BUILD)/unit/%,\
		   $(wildcard tests/unit/*_test.c))

engine		:= $(BUILD)/mooncake.so
plan		:= $(BUILD)/mooncake-plan
trace_lib	:= $(BUILD)/obj/trace.a
TRACE_LIB	?= $(trace_lib)
probe		:= $(BUILD)/fio_headers_probe.so
backends	:= $(patsubst $(BUILD)/obj/tests/%.o,$(BUILD)/%.so,$(backends_obj))
preloads	:= $(patsubst $(BUILD)/obj/tests/%.o,$(BUILD)/%.so,$(preload_obj))

# With V=1 make shows the commands; -j by itself unless it was given.
Q		:= $(if $(V),,@)
cores		:= $(shell nproc 2>/dev/null || echo 1)
again		= $(MAKE) --no-print-directory $(if $(V),,-s) \
		  $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(cores))

.DELETE_ON_ERROR:
.PHONY: all engine plan unit probe backends broken newer newer-fio setup run check bench \
	mutants format compile_commands.json matrix services sanitize fuzz install uninstall deb clean help FORCE

all: engine plan
engine: $(engine)
plan: $(plan)
unit: $(unit_tests)
probe: $(probe)
backends: $(backends) $(preloads)

# As an archive, so that each program takes the parts that it uses.
$(trace_lib): $(trace_obj)
	@echo '  AR $@'
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# The engine calls into fio, which resolves those names when it loads it.
$(engine): $(engine_obj) $(TRACE_LIB)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -shared -o $@ $^ $(libs)

$(probe): $(probe_obj)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -shared -o $@ $^

$(backends): $(BUILD)/%.so: $(BUILD)/obj/tests/%.o $(BUILD)/obj/engine/result/stamp.o
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -shared -o $@ $^

$(preloads): $(BUILD)/%.so: $(BUILD)/obj/tests/%.o
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -shared -o $@ $^

$(plan): $(main_obj) $(TRACE_LIB)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -o $@ $^ $(libs)

$(unit_tests): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(TRACE_LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(flags) $(LDFLAGS) -o $@ $^ $(libs)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(CC) $(flags) -fPIC -fvisibility=hidden $(extra) -c -o $@ $<

$(backends_obj): extra = $(fio_flags)
$(preload_obj): extra = -fvisibility=default
$(engine_obj) $(probe_obj): extra = $(fio_flags)
$(engine_obj) $(probe_obj) $(backends_obj): $(BUILD)/fio

# Name and place of each option, as fio's own table states them.
$(probe_obj): extra = $(fio_flags) -I$(BUILD)
$(probe_obj): $(BUILD)/probe_options.h
$(BUILD)/probe_options.h: $(fio_tree)/options.c $(BUILD)/fio
	$(Q)sed -nE -e '/^\t\t\.name\t/h' -e '/^\t\t\.off1\t/{H;x' \
		-e 's/.*"(.*)".*\n.*offsetof\((struct thread_options, .*)\),$$/{ "\1", offsetof(\2) },/p}' \
		$< >$@

# Rewritten only when their text changes: everything is built again then.
$(BUILD)/flags: text = $(CC) $(flags)
$(BUILD)/fio: text = $(fio_version) $(fio_flags)
$(BUILD)/fio: try = $(setup) --check
$(BUILD)/flags $(BUILD)/fio: FORCE
	@$(try)
	@mkdir -p $(@D)
	@echo '$(text)' | cmp -s - $@ || echo '$(text)' >$@

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d)

# What follows runs make again: after set-up the version of fio may be known.
setup:
	@$(setup)

run: setup
	@$(again) all
	@FIO='$(FIO)' scripts/mooncake-run jobs/mooncake.fio

check: setup
	@$(setup) --checkers
	@$(again) newer-fio all unit probe backends broken newer
	@BUILD='$(BUILD)' FIO='$(FIO)' FIO_NEWER='$(FIO_NEWER)' tests/run

newer-fio:
	@$(if $(FIO_SRC)$(filter-out build/fio-newer,$(FIO_NEWER)),,$(setup) --newer)

# The engine for the other fio that the tests use, if there is one; trace/ is
# the same for both.
newer: $(TRACE_LIB) newer-fio
	@if [ -x $(FIO_NEWER)/fio ]; then \
		$(MAKE) --no-print-directory engine probe BUILD=$(BUILD)/newer \
			FIO=$(FIO_NEWER)/fio FIO_SRC=$(FIO_NEWER) TRACE_LIB=$<; \
	fi

# The engine without its wait for the order of slots: tests must notice.
broken: $(TRACE_LIB)
	@$(MAKE) --no-print-directory engine BUILD=$(BUILD)/broken \
		CPPFLAGS=-DTEST_IGNORES_ORDER=1 TRACE_LIB=$<

# Small wrong changes, one after the other, each of which a test must notice.
mutants: setup
	@$(again) all unit backends
	@FIO='$(FIO)' tests/mutants/run $(MUTANTS)

format:
	clang-format -i $(wildcard trace/*.[ch] trace/*/*.[ch] engine/*.[ch] engine/*/*.[ch])

# For editors: what each file is compiled with.
compile_commands.json: setup
	@$(MAKE) --no-print-directory --always-make --dry-run V=1 FIO='$(FIO)' \
		FIO_SRC='$(FIO_SRC)' all unit backends probe | scripts/compile-commands >$@

bench: setup
	@$(again) all backends
	@BUILD='$(BUILD)' FIO='$(FIO)' scripts/bench

matrix: setup
	@$(if $(FIO_GIT),,echo 'matrix: FIO_GIT=DIR must name a git clone of fio' >&2; exit 2)
	@scripts/matrix $(if $(COMPILERS),--compilers=$(COMPILERS)) \
		$(if $(RELEASES),--releases=$(RELEASES)) $(FIO_GIT)

# Where there is a clone of fio, also with a fio that has every client.
services: setup
	@$(again) all backends
	@BUILD='$(BUILD)' FIO='$(FIO)' tests/run --services
	@$(if $(FIO_GIT),scripts/matrix --services $(if $(RELEASES),--releases=$(RELEASES)) $(FIO_GIT))

# fio itself has no sanitizer in it, so that of the engine must be there first.
build/address-undefined/fio-asan: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '#!/bin/sh' 'export ASAN_OPTIONS=detect_leaks=0' \
		'export LD_PRELOAD=$(shell $(CC) -print-file-name=libasan.so)' \
		'exec $(FIO) "$$@"' >$@
	@chmod +x $@

# Threads are found in it only where addresses aren't random.
build/thread/fio-tsan: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '#!/bin/sh' \
		'export TSAN_OPTIONS="die_after_fork=0 report_signal_unsafe=0 suppressions=$(CURDIR)/tests/tsan.supp"' \
		'export LD_PRELOAD=$(shell $(CC) -print-file-name=libtsan.so)' \
		'exec setarch -R $(FIO) "$$@"' >$@
	@chmod +x $@

sanitize: setup build/address-undefined/fio-asan build/thread/fio-tsan
	@$(again) SAN=address,undefined all unit probe backends broken
	@BUILD=build/address-undefined FIO=$(word 2,$^) FIO_NEWER= tests/run
	@$(again) SAN=thread all unit backends broken
	@BUILD=build/thread tests/run --unit
	@BUILD=build/thread FIO=$(word 3,$^) FIO_NEWER= tests/run \
		jobs_test order_test death_test observers_test \
		layouts_test folders_test operations_test users_test

fuzz_trace	:= $(wildcard trace/*/*.c)

build/fuzz/%: tests/fuzz/%_fuzz.c tests/fuzz/fuzz.h $(fuzz_trace) \
	      $(wildcard trace/*/*.h)
	@mkdir -p build/fuzz/corpus/$*
	clang $(filter-out -MD -MP,$(flags)) -fsanitize=fuzzer,address,undefined \
		-o $@ $< $(fuzz_trace) $(libs)

# Each for FUZZ_SECONDS; new inputs of interest are kept in build/fuzz/corpus.
fuzz: build/fuzz/reader build/fuzz/lanes build/fuzz/compiled build/fuzz/config
	build/fuzz/reader -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
		-rss_limit_mb=1024 -dict=tests/fuzz/reader.dict \
		-artifact_prefix=build/fuzz/ build/fuzz/corpus/reader \
		$(wildcard tests/fuzz/corpus)
	build/fuzz/lanes -max_total_time=$(FUZZ_SECONDS) -max_len=1024 \
		-dict=tests/fuzz/reader.dict \
		-artifact_prefix=build/fuzz/ build/fuzz/corpus/lanes \
		$(wildcard tests/fuzz/lines)
	build/fuzz/compiled -max_total_time=$(FUZZ_SECONDS) -max_len=1024 \
		-artifact_prefix=build/fuzz/ build/fuzz/corpus/compiled \
		$(wildcard tests/fuzz/compiled)
	build/fuzz/config -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
		-rss_limit_mb=1024 -dict=tests/fuzz/config.dict \
		-artifact_prefix=build/fuzz/ build/fuzz/corpus/config \
		tests/configs tests/configs/bad

lib_dir		:= $(PREFIX)/lib/fio
share_dir	:= $(PREFIX)/share/fio-mooncake
man_dir		:= $(PREFIX)/share/man/man1
completion_dir	:= $(PREFIX)/share/bash-completion/completions
commands	:= $(notdir $(wildcard scripts/mooncake-* scripts/fio-to-*))
script_libs	:= $(wildcard scripts/lib/*.py scripts/lib/*/*.py)
man_pages	:= $(wildcard docs/*.1)

# The scripts find their lib/ beside them, through the links in bin. Installed
# jobs name the installed engine.
install: all
	install -d $(addprefix $(DESTDIR),$(lib_dir) $(PREFIX)/bin $(man_dir) $(completion_dir) \
		$(addprefix $(share_dir)/,jobs/stores $(sort $(dir $(script_libs)))))
	install -m 644 $(engine) $(DESTDIR)$(lib_dir)/mooncake.so
	install -m 755 $(plan) $(DESTDIR)$(PREFIX)/bin/mooncake-plan
	for command in $(commands); do \
		install scripts/$$command $(DESTDIR)$(share_dir)/scripts && \
		ln -sf ../share/fio-mooncake/scripts/$$command \
			$(DESTDIR)$(PREFIX)/bin/$$command || exit 1; \
	done
	for file in $(script_libs); do \
		install -m 644 $$file $(DESTDIR)$(share_dir)/$$file || exit 1; \
	done
	$(if $(man_pages),install -m 644 $(man_pages) $(DESTDIR)$(man_dir))
	for job in jobs/*.fio; do \
		sed 's|external:build/|external:$(lib_dir)/|' $$job \
			>$(DESTDIR)$(share_dir)/$$job || exit 1; \
	done
	install -m 644 jobs/stores/*.fio $(DESTDIR)$(share_dir)/jobs/stores
	install -m 644 scripts/packaging/completion.bash \
		$(DESTDIR)$(completion_dir)/mooncake-plan
	for command in $(commands); do \
		ln -sf mooncake-plan $(DESTDIR)$(completion_dir)/$$command || exit 1; \
	done

uninstall:
	rm -f $(addprefix $(DESTDIR),$(lib_dir)/mooncake.so \
		$(addprefix $(PREFIX)/bin/,mooncake-plan $(commands)) \
		$(addprefix $(man_dir)/,$(notdir $(man_pages))) \
		$(addprefix $(completion_dir)/,mooncake-plan $(commands)))
	rm -rf $(DESTDIR)$(share_dir)

# Compiled with the flags of Debian's packages.
deb: setup
	@$(setup) --deb
	@rm -rf build/deb/stage
	@export DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow; \
	$(again) install BUILD=build/deb PREFIX=/usr DESTDIR=build/deb/stage/root \
		CPPFLAGS="$$(dpkg-buildflags --get CPPFLAGS)" \
		CFLAGS="$$(dpkg-buildflags --get CFLAGS)" \
		LDFLAGS="$$(dpkg-buildflags --get LDFLAGS)" >/dev/null
	@scripts/packaging/make-deb build build/deb/stage

# fio's headers and the newer fio stay: `rm -r build` takes them too.
clean:
	rm -rf $(addprefix build/,obj unit backends broken newer deb flags fio mooncake.so \
		fio_headers_probe.so probe_options.h mooncake-plan fuzz address-undefined thread)

help:
	@echo 'make               build build/mooncake.so and build/mooncake-plan'
	@echo 'make setup         install what is missing, get the headers of fio'
	@echo 'make run           set up, build, run jobs/mooncake.fio by scripts/mooncake-run'
	@echo 'make check         set up, build, run all tests'
	@echo 'make bench         set up, build, measure'
	@echo 'make mutants       does a test notice small wrong changes? (MUTANTS=TEXT: these alone)'
	@echo 'make format        lay out trace/ and engine/ by .clang-format'
	@echo 'make compile_commands.json    for editors and clang tools'
	@echo 'make matrix        FIO_GIT=DIR: the engine in each release of fio, of a clone'
	@echo 'make services      real servers below the engine; FIO_GIT=DIR: also of a newer fio, with more clients'
	@echo 'make sanitize      the tests with address, undefined and thread sanitizers'
	@echo 'make fuzz          fuzz the readers of traces and configs (clang; FUZZ_SECONDS=600 each)'
	@echo 'make install       PREFIX=/usr/local DESTDIR=; make uninstall'
	@echo 'make deb           a Debian package for the installed fio, in build/'
	@echo 'make clean         remove what was built, but not what was fetched'
	@echo 'FIO=PATH FIO_SRC=DIR    another fio binary and its configured source tree'
	@echo 'FIO_GIT=DIR             a git clone of fio, to take sources from'
	@echo 'FIO_NEWER=DIR           a second fio, built in its tree, for the tests'
	@echo 'COMPILERS=gcc,clang RELEASES=3.33,master    only these in the matrix'
	@echo 'CC= CFLAGS= SAN= V=1    compiler, flags, -fsanitize= (into build/SAN), verbose'
