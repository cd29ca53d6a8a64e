#!/bin/sh
# Refuse a Python that is too old or cannot make a virtual environment, and say what to do.
set -eu
python=$1
if ! command -v "$python" >/dev/null 2>&1; then
    echo "blikk: $python was not found. On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "blikk: $python is $("$python" -V 2>&1), and 3.11 is the oldest that works. Try: make PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "blikk: this Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv" >&2
    exit 1
fi
