# deb, rpm and repositories, for x64 (any CPU since 2008) and arm64. Included by the Makefile.
# A target of one architecture: make deb ARCHITECTURES=amd64

ARCHITECTURES := amd64 arm64
PACKAGES := dist/packages
BUN_TARGET_amd64 := bun-linux-x64-baseline
BUN_TARGET_arm64 := bun-linux-arm64
# Everything in a package bears the time of the last commit: built twice, it is the same.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)

.PHONY: deb rpm repo
.SECONDARY:

# The name of the file is part of what is compiled: it is the same for all.
dist/%/tsupervisor: dist/runtimes/% $(NODE_MODULES) $(SOURCES) package.json
	@mkdir -p $(@D)
	$(BUN) build $(COMPILE) --target=$(BUN_TARGET_$*) --compile-executable-path=$< $(ENTRY_POINTS) --outfile $@

# `bun build --target` would fetch it by itself, whatever the registry has at that time.
dist/runtimes/%: packaging/runtimes.sha512
	packaging/runtime.sh $* $@

# Each architecture's packages are made again when something in them changed.
PACKAGED := $(EXECUTABLE) dist/NOTICE CHANGELOG.md LICENSE $(shell find packaging systemd -type f)

$(PACKAGES)/.deb-%: dist/%/tsupervisor $(PACKAGED)
	packaging/deb/build.sh $(PACKAGES) $*
	@touch $@

$(PACKAGES)/.rpm-%: dist/%/tsupervisor $(PACKAGED)
	packaging/rpm/build.sh $(PACKAGES) $*
	@touch $@

deb: $(addprefix $(PACKAGES)/.deb-,$(ARCHITECTURES))

rpm: $(addprefix $(PACKAGES)/.rpm-,$(ARCHITECTURES))

repo: deb rpm
	packaging/repo.sh $(PACKAGES) dist/repo
