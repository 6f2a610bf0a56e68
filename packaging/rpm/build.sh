#!/bin/sh
# Builds tsupervisor-VERSION-1.CPU.rpm for each architecture (amd64, arm64), and tsupervisor-compat for all.
# Usage: build.sh DIRECTORY ARCHITECTURE... Needs rpmbuild and SOURCE_DATE_EPOCH; PACKAGE_VERSION overrides package.json.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
output=$(cd "$1" && pwd)
shift
version=${PACKAGE_VERSION:-$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
released=$(LC_ALL=C date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')
umask 022

cpu() {
	case $1 in
	amd64) echo x86_64 ;;
	arm64) echo aarch64 ;;
	*) echo noarch ;;
	esac
}

build() { # spec architecture
	tree=$work/$2
	"$root/packaging/stage.sh" "$tree" "$2"
	sed -e "s/@DATE@/$released/" -e "/@CONFIGURATION@/{r $root/packaging/configuration.sh
d}" "$here/$1.spec" >"$work/$1.spec"
	if [ "$2" != compat ]; then
		install -D -m 0644 "$root/systemd/tsupervisor.preset" "$tree/usr/lib/systemd/system-preset/50-tsupervisor.preset"
		install -D -m 0644 "$root/LICENSE" "$tree/usr/share/licenses/tsupervisor/LICENSE"
		install -m 0644 "$root/dist/NOTICE" "$tree/usr/share/licenses/tsupervisor/NOTICE"
	fi
	"$root/packaging/timestamps.sh" "$tree"
	rpmbuild -bb --quiet --target "$(cpu "$2")-linux" --define "_topdir $work/rpmbuild" --define "_rpmdir $work/rpms" \
		--define "tree $tree" --define "package_version $version" "$work/$1.spec"
}

for architecture in "$@"; do build tsupervisor "$architecture"; done
build tsupervisor-compat compat
for file in "$work"/rpms/*/*.rpm; do
	mv "$file" "$output/"
	echo "$output/$(basename "$file")"
done
