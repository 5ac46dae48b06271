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
    need npm npm
    [ -x /usr/lib/postgresql/15/bin/postgres ] || missing="$missing postgresql-15"
    # The microphone of `colloquy talk` is checked with the rest.
    pkg-config --exists alsa 2>/dev/null || missing="$missing libasound2-dev"
fi
need python3 python3
python3 -m pip --version >/dev/null 2>&1 || missing="$missing python3-pip"
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"

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

rust=$(rustc --version 2>/dev/null | cut -d ' ' -f 2)
case "$rust" in
    1.9[5-9].* | 1.[1-9][0-9][0-9].* | [2-9].*) ;;
    "") echo "Rust is missing. Install Rust 1.95 or later by rustup (https://rustup.rs), and try again." >&2 && exit 1 ;;
    *) echo "Rust 1.95 or later is needed, and $rust is here: \`rustup update\`. Debian's own is too old; install rustup" \
        "(https://rustup.rs) in its place, and try again." >&2 && exit 1 ;;
esac

# The pages are made by Node; what it makes is committed, so that only who changes or tests them needs it.
# Debian's own is older than the build wants: then one is kept beside the build, where the Makefile looks for it.
new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}
if [ "${1:-}" = tests ]; then
    cache="$HOME/.cache/colloquy/node"
    if ! new_enough node && ! new_enough "$cache/bin/node"; then
        case "$(uname -m)" in
            x86_64) kind=x64 ;;
            aarch64) kind=arm64 ;;
            *) echo "Node 20.19 or later is missing. Install it, and try again." >&2 && exit 1 ;;
        esac
        echo "Installing Node 22 in $cache"
        npm install --silent --no-audit --no-fund --prefix "$cache" "node-linux-$kind@22"
        mkdir -p "$cache/bin"
        ln -sf "../node_modules/node-linux-$kind/bin/node" "$cache/bin/node"
    fi
    command -v cargo-nextest >/dev/null 2>&1 || cargo install --locked --quiet cargo-nextest
fi
