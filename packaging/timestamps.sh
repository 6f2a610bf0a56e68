#!/bin/sh
# Gives everything below a directory the time of SOURCE_DATE_EPOCH. Usage: timestamps.sh TREE
set -eu
find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
