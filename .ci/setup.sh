#!/bin/sh
# Installs what is missing. Where it may not, it prints the one command that does.
set -eu

missing=""
need() { # program package
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need cmake cmake
need g++ g++
need pkg-config pkg-config
need espeak-ng espeak-ng
need curl curl
if [ "${1:-}" = tests ]; then
    need chromium chromium
    need node nodejs
    need npm npm
fi
need python3 python3
python3 -m pip --version >/dev/null 2>&1 || missing="$missing python3-pip"
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing="$missing postgresql-15"

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        echo "Installing:$missing"
        export DEBIAN_FRONTEND=noninteractive
        # Only the binaries of PostgreSQL are wanted: no cluster that runs by itself.
        mkdir -p /etc/postgresql-common
        [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        apt-get update -qq
        # shellcheck disable=SC2086
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
    else
        echo "These packages are missing:$missing" >&2
        echo "Install them and try again:" >&2
        echo "    sudo apt-get install -y$missing" >&2
        exit 1
    fi
fi

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing. Install it by rustup (Rust 1.95 or later), and try again." >&2
    exit 1
fi

# The pages are made by Node; what it makes is committed, so that only who changes or tests them needs it.
if [ "${1:-}" = tests ] && ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "Node $(node --version) is too old to build and test the pages. Install Node 20.19 or later, and try again." >&2
    exit 1
fi
