#!/bin/sh
# Installs the Debian packages that the tests use, when run as root; without root it says which are missing.
set -eu
cd "$(dirname "$0")"
missing=
for package in $(sed 's/#.*//' debian-packages.txt); do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "tests need these Debian packages:$missing (install them, or run as root)" >&2
  exit 1
fi
# Installed services must not start by themselves: the tests start what they need, where they need it.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
log=$(mktemp)
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
rm -f "$log"
