"""A git on PATH that passes gates: how phases that run nothing but our own code and git are held.

It is the machine's git, which answers as ever. Only before the review reads what a task changed, before a
landing moves the feature branch and after it has, it notes that it runs and waits at the gate of that task.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.end_to_end.gates import Gates

REVIEW, BEFORE_MOVE, AFTER_MOVE = "review", "before-move", "after-move"


def gated_git(folder: Path, gates: Gates, environment: Mapping[str, str]) -> dict[str, str]:
    """Put the gated git into a folder; return the environment in which it is found first."""
    real = shutil.which("git", path=environment["PATH"])
    assert real is not None, "git is needed"
    folder.mkdir(parents=True)
    script = folder / "git"
    script.write_text(_script(real, gates), encoding="utf-8")
    script.chmod(0o755)
    return {**environment, "PATH": f"{folder}:{environment['PATH']}"}


def _script(real: str, gates: Gates) -> str:
    return f"""#!/bin/sh
task_of() {{ {real} log -1 --format='%(trailers:key=Tasks-Task,valueonly,separator=%x20)' "$1"; }}
for argument; do last=$argument; done
case " $* " in
*" diff-tree "*" --name-status "*)
    task=$(task_of "$last")
    {gates.passing(f"$task:{REVIEW}")}
    {real} "$@"; code=$?
    {gates.leaving(f"$task:{REVIEW}")}
    exit "$code" ;;
*" update-ref -m tasks: land --stdin "*)
    moves=$(cat)
    task=$(task_of "$(echo "$moves" | sed -n 's,^update [^ ]* \\([0-9a-f]*\\).*,\\1,p' | head -n 1)")
    : "${{task:?the landing of a task was expected}}"
    {gates.passing(f"$task:{BEFORE_MOVE}")}
    echo "$moves" | {real} "$@"; code=$?
    {gates.leaving(f"$task:{BEFORE_MOVE}")}
    {gates.passing(f"$task:{AFTER_MOVE}")}
    {gates.leaving(f"$task:{AFTER_MOVE}")}
    exit "$code" ;;
esac
exec {real} "$@"
"""
