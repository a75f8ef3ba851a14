#!/usr/bin/env bash
# `make test`: every check in order, the first failure ends it; the table of what ran is always the last thing said.
# Temporal is found, or built, beside the checks that need no server.
set -uo pipefail

# Looking for a download costs a test run nothing but doubt: the build from pinned modules is the same everywhere.
export TASKS_TEMPORAL_DOWNLOAD=never
logs=.tools/reports
rm -rf "$logs"
mkdir -p "$logs"

# In its own process group, so that a compiler does not outlive an interrupted or failed run.
set -m
make --silent temporal >"$logs/temporal.log" 2>&1 &
temporal=$!
set +m

finish() {
    local status=$1
    kill -- "-$temporal" 2>/dev/null
    .venv/bin/python deploy/bootstrap/print_test_table.py "$logs" || status=1
    exit "$status"
}
trap 'finish 130' INT TERM

check() {
    local name=$1 started=$SECONDS
    printf -- '--- %s\n' "$name"
    if ! make --silent "$name"; then
        printf 'FAILED: make %s\n' "$name"
        finish 1
    fi
    printf -- '--- %s: ok, %d s\n' "$name" "$((SECONDS - started))"
}

for name in lint types contracts unit; do check "$name"; done

printf -- '--- temporal\n'
if ! wait "$temporal"; then
    cat "$logs/temporal.log"
    printf 'FAILED: make temporal\n'
    finish 1
fi
tail -n 1 "$logs/temporal.log"

for name in temporal-tests replay end-to-end; do check "$name"; done
finish 0
