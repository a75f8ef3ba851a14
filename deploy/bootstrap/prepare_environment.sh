#!/usr/bin/env bash
# Makes .venv from the locked requirements. Called by `make setup` from the root of the checkout.
# Nothing is installed outside this folder: Debian's Python refuses that (PEP 668), and it is not ours to change.
set -euo pipefail

bootstrap=deploy/bootstrap
environment=.venv

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
    printf 'setup failed: %s\n' "$1" >&2
    shift
    printf '  %s\n' "$@" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3.11}" python3 /usr/bin/python3.11 /usr/bin/python3; do
        # Run it: a version manager's shim exists for versions that are not switched on.
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    fail "no Python 3.11 or newer was found." \
        "Install it (Debian: apt-get install python3), or name one: make setup PYTHON=/path/to/python3.11"
}

# Prints a Python that has pip: the given one, or another when that lacks it, as in an environment made by uv.
find_pip() {
    local candidate
    for candidate in "$1" python3 /usr/bin/python3.11 /usr/bin/python3; do
        if "$candidate" -m pip --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Prints the path of uv: the pinned one where pip can fetch it, else one that the user has installed.
find_uv() {
    local python=$1 pinned=.tools/uv/bin/uv version with_pip
    version=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$bootstrap/uv_requirements.txt")
    if [ -x "$pinned" ] && [ "$("$pinned" --version | cut -d' ' -f2)" = "$version" ]; then
        printf '%s\n' "$PWD/$pinned"
    elif with_pip=$(find_pip "$python"); then
        say "fetching uv $version into .tools/uv"
        rm -rf .tools/uv
        "$with_pip" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --no-deps \
            --target .tools/uv --requirement "$bootstrap/uv_requirements.txt" >&2
        printf '%s\n' "$PWD/$pinned"
    elif command -v uv >/dev/null; then
        say "using $(command -v uv), since $python has no pip to fetch uv $version"
        command -v uv
    else
        fail "$python has no pip, and there is no uv on PATH." \
            "Install one of them (Debian: apt-get install python3-pip), then run make setup again."
    fi
}

python=$(find_python)
uv=$(find_uv "$python")
# The interpreter found above is the one to use; uv would otherwise offer to download another.
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
# uv brings its own list of authorities; behind a proxy with a private one only the system's list will do.
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"; fi

say "making $environment with $("$python" --version)"
"$uv" venv --quiet --allow-existing --python "$python" "$environment"
"$uv" pip sync --quiet --python "$environment" --require-hashes requirements.lock
"$uv" pip install --quiet --python "$environment" --no-deps \
    --build-constraints "$bootstrap/build_requirements.txt" --editable .
say "ready: $environment/bin/tasks"
