#!/bin/sh
# Sets the time of everything below a directory to SOURCE_DATE_EPOCH. Usage: timestamps.sh TREE
set -eu
find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
