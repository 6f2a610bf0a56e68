# deb, rpm and repositories, for x64 (any CPU since 2008) and arm64. Included by the Makefile.
# For a single architecture: make deb ARCHITECTURES=amd64

ARCHITECTURES := amd64 arm64
PACKAGES := dist/packages
BUN_TARGET_amd64 := bun-linux-x64-baseline
BUN_TARGET_arm64 := bun-linux-arm64
# Reproducible builds: every file in a package has the time of the last commit.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)

.PHONY: deb rpm repo
.SECONDARY:

# The file name is compiled in, so it is the same for all architectures.
dist/%/tsupervisor: dist/runtimes/% $(NODE_MODULES) $(SOURCES) package.json
	@mkdir -p $(@D)
	$(BUN) build $(COMPILE) --target=$(BUN_TARGET_$*) --compile-executable-path=$< $(ENTRY_POINTS) --outfile $@

# Pinned by checksum: `bun build --target` would download whatever the registry has at that time.
dist/runtimes/%: packaging/runtimes.sha512
	packaging/runtime.sh $* $@

# Rebuilds the packages of an architecture when something in them has changed.
PACKAGED := $(EXECUTABLE) dist/NOTICE CHANGELOG.md LICENSE $(shell find packaging systemd docs/examples -type f)

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
