#!/usr/bin/env bash
# Pins everything again, with hashes. The files name no registry, so they work behind any mirror.
# What is pinned stays as it is while it satisfies the requirements; `make lock UPGRADE=1` takes the newest.
set -euo pipefail

uv=.tools/uv/bin/uv
[ -x "$uv" ] || uv=uv

pin() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header ${UPGRADE:+--upgrade} "$@"
}

pin --no-annotate deploy/bootstrap/uv_requirements.in --output-file deploy/bootstrap/uv_requirements.txt
pin --no-annotate deploy/bootstrap/build_requirements.in --output-file deploy/bootstrap/build_requirements.txt
pin --no-annotate --group dev pyproject.toml --output-file requirements.lock
if grep -nE '[a-z]+://' requirements.lock deploy/bootstrap/*.txt; then
    echo "lock: a line above names an address; pins must not depend on where they were resolved." >&2
    exit 1
fi
