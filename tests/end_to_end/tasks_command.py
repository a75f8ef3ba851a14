"""The `tasks` command as a process, the way a person or a script calls it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TASKS = Path(sys.executable).with_name("tasks")


def run_tasks(
    arguments: Sequence[str | Path],
    cwd: Path,
    environment: Mapping[str, str],
    deadline: float = 120,
    program: Sequence[str] = (str(TASKS),),
) -> subprocess.CompletedProcess[str]:
    """Run `tasks` and return its exit code and what it printed; stdin is empty.

    Args:
        arguments: the subcommand and what follows it.
        cwd: the folder in which it is called.
        environment: the whole environment; TASKS_STATE_DIR says which local service it finds or starts.
        deadline: seconds after which it is ended.
        program: how `tasks` is called; another installation has another program.

    Raises:
        AssertionError: when it did not end in time; says what it had printed by then.
    """
    argv = [*program, *map(str, arguments)]
    try:
        return subprocess.run(
            argv,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        printed = b"\n".join(part for part in (late.stdout, late.stderr) if part)
        said = printed.decode(errors="replace")
        raise AssertionError(f"`{' '.join(argv)}` had not ended after {deadline} s:\n{said}") from late
