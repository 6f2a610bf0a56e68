# Usage: forking.sh PIDFILE COMMAND [ARGUMENT]...
# Starts a daemon that forks, and tells the supervisor the pid in its pidfile.
set -eu
pidfile=$1
shift
rm -f "$pidfile"
"$@"
until [ -s "$pidfile" ]; do sleep 0.1; done
exec systemd-notify --ready "MAINPID=$(cat "$pidfile")"
