# How the packages treat /etc/supervisord.conf; inserted into their maintainer scripts. POSIX sh.
# The file may predate the package: it is modified only while it is, byte for byte, the one we installed.
configuration=/etc/supervisord.conf
debian_configuration=/etc/supervisor/supervisord.conf
template=/usr/share/tsupervisor/supervisord.conf
ours=/var/lib/tsupervisor/supervisord.conf.sha256

configuration_is_ours() {
	[ -f "$configuration" ] && [ ! -L "$configuration" ] && [ -f "$ours" ] &&
		[ "$(sha256sum <"$configuration")" = "$(cat "$ours")" ]
}

put_configuration() {
	if [ -e "$configuration" ] || [ -L "$configuration" ]; then
		configuration_is_ours || return 0
	elif [ -e "$debian_configuration" ] || [ -f "$ours" ]; then
		# Debian's supervisor has a configuration, or the administrator removed ours.
		return 0
	fi
	mkdir -p /var/lib/tsupervisor
	cp "$template" "$configuration.tsupervisor-new"
	chmod 0644 "$configuration.tsupervisor-new"
	sha256sum <"$template" >"$ours"
	mv "$configuration.tsupervisor-new" "$configuration"
}

remove_configuration() {
	if configuration_is_ours; then
		rm -f "$configuration"
	fi
	rm -f "$ours"
	if [ -d /var/lib/tsupervisor ]; then
		rmdir --ignore-fail-on-non-empty /var/lib/tsupervisor
	fi
}
