#!/bin/sh
# Install what the tests start by themselves, only when it is missing. No system service is used.
set -eu
packages=""
want() {
    for found in $2; do
        if [ -e "$found" ] || command -v "$found" >/dev/null 2>&1; then return 0; fi
    done
    packages="$packages $1"
}
PATH="$PATH:/usr/sbin:/sbin"
want chromium "chromium chromium-browser ${BLIKK_CHROMIUM:-}"
want postgresql "/usr/lib/postgresql/*/bin/initdb initdb"
want redis-server redis-server
want coturn turnserver
want gettext msgfmt
want iproute2 ip
want default-jre-headless java
want maven mvn
want poppler-utils pdftotext
want libpango-1.0-0 "/usr/lib/*/libpango-1.0.so.0"
want libpangoft2-1.0-0 "/usr/lib/*/libpangoft2-1.0.so.0"
want libharfbuzz-subset0 "/usr/lib/*/libharfbuzz-subset.so.0"
want fonts-dejavu-core "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "blikk: the tests need:$packages. Install them in this system's way and try again." >&2
    exit 1
fi
run=""
if [ "$(id -u)" -ne 0 ]; then run="sudo"; fi
echo "blikk: installing$packages"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
# shellcheck disable=SC2086
$run apt-get install -qq -y --no-install-recommends $packages >/dev/null
