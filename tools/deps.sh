#!/usr/bin/env bash
# Installs the Debian packages that some tests and benchmarks need. Run by `make deps`, never by another target.
# Where everything is present it changes nothing and needs neither root nor network.
set -euo pipefail

# One line each: package | what the tests do with it. Packages that bring a service also need a
# policy-rc.d here, so that installing them starts nothing.
wanted='
chromium       | the browser in which tests open report pages
chromium-headless-shell | the same engine with less around it, for tests of single pages
fonts-noto-cjk | Japanese glyphs in that browser; without them pages show boxes
postgresql     | a database server, which tests run as a process of their own
rabbitmq-server | a STOMP endpoint of other people, which tests run as a process of their own
prosody        | a chat server of other people, which make bench compares the relay with
lua-dbi-sqlite3 | with which that server keeps its archive durably
docker.io      | a container daemon, which tests run as a process of their own
'

missing=()
while IFS='|' read -r package purpose; do
    package=${package//[[:space:]]/}
    [ -n "$package" ] || continue
    if dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
        printf 'present  %-15s%s\n' "$package" "$purpose"
    else
        printf 'missing  %-15s%s\n' "$package" "$purpose"
        missing+=("$package")
    fi
done <<<"$wanted"

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "make deps: this is not a Debian system (no apt-get). Install by its own means: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "make deps: installing needs root. Run: sudo make deps" >&2
    exit 1
fi

# Installing must start nothing: the tests start what they need, in folders of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
echo "installing: ${missing[*]}"
# Old package lists name versions that are gone, so they are fetched anew; only here, where something is missing.
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
