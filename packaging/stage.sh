#!/bin/sh
# Copies the files that deb and rpm have in common into a tree. Usage: stage.sh TREE ARCHITECTURE; ARCHITECTURE
# "compat" for the package of links. Needs SOURCE_DATE_EPOCH.
set -eu
cd "$(dirname "$0")/.."
tree=$1
architecture=$2
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
native=dist/tsupervisor
bun=node_modules/.bin/bun
umask 022

place() { install -D -m "$1" "$2" "$tree/$3"; }

compressed() {
	mkdir -p "$(dirname "$tree/$1")"
	gzip -9n >"$tree/$1.gz"
	chmod 0644 "$tree/$1.gz"
}

commands() {
	"$native" --help | sed -n 's/^  \([a-z-]*\)  *\(.*\)$/.TP\n.B \1\n\2/p' | sed 's/-/\\-/g'
}

if [ "$architecture" = compat ]; then
	mkdir -p "$tree/usr/bin" "$tree/usr/share/man/man1"
	for name in supervisord supervisorctl echo_supervisord_conf pidproxy; do
		ln -s tsupervisor "$tree/usr/bin/$name"
		ln -s tsupervisor.1.gz "$tree/usr/share/man/man1/$name.1.gz"
	done
else
	place 0755 "dist/$architecture/tsupervisor" usr/bin/tsupervisor
	place 0644 systemd/tsupervisor.service usr/lib/systemd/system/tsupervisor.service
	place 0644 systemd/tsupervisor.tmpfiles usr/lib/tmpfiles.d/tsupervisor.conf
	place 0644 packaging/needrestart.conf etc/needrestart/conf.d/tsupervisor.conf
	place 0644 packaging/supervisord.conf usr/share/tsupervisor/supervisord.conf
	place 0644 packaging/example.ini etc/supervisord.d/example.ini
	(cd docs/examples && find . -type f -printf '%P\n') | while read -r file; do
		place 0644 "docs/examples/$file" "usr/share/doc/tsupervisor/examples/$file"
	done
	mkdir -p "$tree/var/log/tsupervisor"
	commands >"$tree/commands"
	sed -e "s/@VERSION@/$version/" -e "/@COMMANDS@/{r $tree/commands
d}" packaging/man/tsupervisor.1 | compressed usr/share/man/man1/tsupervisor.1
	rm "$tree/commands"
	"$bun" packaging/man/supervisord-conf.ts "$version" | compressed usr/share/man/man5/supervisord.conf.5
	mkdir -p "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/site-functions" \
		"$tree/usr/share/fish/vendor_completions.d"
	"$native" completion bash >"$tree/usr/share/bash-completion/completions/tsupervisor"
	"$native" completion zsh >"$tree/usr/share/zsh/site-functions/_tsupervisor"
	"$native" completion fish >"$tree/usr/share/fish/vendor_completions.d/tsupervisor.fish"
fi
