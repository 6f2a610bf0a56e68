#!/bin/sh
# Downloads Bun's executable for an architecture and verifies it against runtimes.sha512.
# Usage: runtime.sh ARCHITECTURE FILE. Needs npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
line=$(grep "^$1 " "$here/runtimes.sha512") || { echo "runtime.sh: runtimes.sha512 has no line for $1" >&2; exit 1; }
# shellcheck disable=SC2086
set -- "$2" ${line#* }
file=$1 package=$2 version=$3 sum=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm pack --silent --pack-destination "$work" "$package@$version" >/dev/null
for archive in "$work"/*.tgz; do
	echo "$sum  $archive" | sha512sum --check --status || {
		echo "runtime.sh: $package@$version is not what runtimes.sha512 says: $(sha512sum <"$archive")" >&2
		exit 1
	}
	tar -xzf "$archive" -C "$work" package/bin/bun
done
mkdir -p "$(dirname "$file")"
install -m 0755 "$work/package/bin/bun" "$file"
