# What a user types: make, make run, make test, make check, make bench, make clean.

BUN := node_modules/.bin/bun
NODE_MODULES := node_modules/.installed
EXECUTABLE := dist/tsupervisor
ENTRY_POINTS := src/main.ts src/data-plane/worker/worker.ts
SOURCES := $(shell find src -type f)
# A root daemon must not read a .env or bunfig.toml from its working directory. x11 and usocket are optional dependencies of dbus-next.
# A constant import.meta.url keeps the build directory out of the executable (reproducible builds).
COMPILE := --compile --minify --bytecode --format=esm --splitting --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
	--external x11 --external usocket --define 'import.meta.url="file:///"'

.PHONY: all run test check bench clean
all: $(EXECUTABLE) dist/NOTICE

# npm or bun, whichever is installed. Not `npm ci`: it requires packages for other platforms, which mirrors may lack.
$(NODE_MODULES): package.json package-lock.json
	@if command -v npm >/dev/null; then npm install --no-save --no-audit --no-fund --loglevel=error; \
	elif command -v bun >/dev/null; then bun install --no-save; \
	else echo "make: npm or bun is needed (Debian: apt-get install npm)" >&2; exit 1; fi
	@touch $@

$(EXECUTABLE): $(NODE_MODULES) $(SOURCES) package.json
	@mkdir -p dist
	$(BUN) build $(COMPILE) $(ENTRY_POINTS) --metafile=dist/modules.json --outfile $@

# The notices that the licences of bundled third-party software require.
dist/NOTICE: $(EXECUTABLE) $(wildcard packaging/notices/*)
	$(BUN) packaging/notices/generate.ts dist/modules.json >$@.new
	@mv $@.new $@

run: $(EXECUTABLE)
	@mkdir -p dist/demo
	@echo "In another terminal, try:"
	@echo "    $(EXECUTABLE) supervisorctl -c packaging/demo/supervisord.conf status"
	@echo "    $(EXECUTABLE) supervisorctl -c packaging/demo/supervisord.conf tail -f ticker"
	@echo "    $(EXECUTABLE) supervisorctl -c packaging/demo/supervisord.conf restart 'worker:*'"
	@echo "    supervisorctl -c packaging/demo/supervisord.conf status      (Python's, if installed)"
	@echo "and http://127.0.0.1:9001 in a browser. Ctrl-C stops everything."
	@echo
	$(EXECUTABLE) run -c packaging/demo/supervisord.conf

# Types, lint and unit tests, in parallel.
check: $(NODE_MODULES)
	@$(MAKE) --no-print-directory --keep-going --output-sync --jobs=5 $(CHECKS)

CHECKS := check-types check-page-types check-browser-types check-lint check-units
.PHONY: $(CHECKS)

check-types:
	node_modules/.bin/tsc --noEmit

check-page-types:
	node_modules/.bin/tsc --noEmit -p src/page

check-browser-types:
	node_modules/.bin/tsc --noEmit -p test/browser

check-lint:
	node_modules/.bin/biome check

check-units:
	$(BUN) test --only-failures --timeout=60000 ./test/unit

test: $(EXECUTABLE) dist/NOTICE
	@test/prepare.sh
	@$(BUN) test/run.ts

bench: $(EXECUTABLE)
	@test/prepare.sh
	@$(BUN) test/bench/run.ts

clean:
	rm -rf dist

-include packaging/packaging.mk
