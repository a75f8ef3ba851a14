"""Start a process of our own that goes on after us, such as the Temporal server or a worker."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.machine.process_faults import CommandNotStarted
from planner.machine.process_table import ProcessIdentity, process_start_time


def spawn_daemon(
    argv: Sequence[str],
    environment: Mapping[str, str],
    log_path: Path,
    cwd: Path,
    *,
    only_errors: bool = False,
) -> ProcessIdentity:
    """Start a process in a session of its own, its output appended to a log; return who it is.

    Pid and start time are what a pid file needs: `is_alive` and `end_process` take both.

    Args:
        argv: the program and its arguments.
        environment: its whole environment.
        log_path: where its output goes; the folder is made.
        cwd: its working folder.
        only_errors: whether the log gets its standard error alone, and nobody its standard output.

    Raises:
        CommandNotStarted: the program or the working folder is missing or may not be used.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if only_errors else log,
            stderr=log,
            start_new_session=True,
        )
    except OSError as error:
        raise CommandNotStarted(
            f"{argv[0]} cannot be started in {cwd}: {error.strerror}", hint="See that both exist."
        ) from error
    finally:
        os.close(log)
    start_time = process_start_time(process.pid)  # there even if it has ended: nobody has waited for it yet
    if start_time is None:
        raise CommandNotStarted(f"{argv[0]} ended before it could be looked at", hint=f"See {log_path}.")
    # While we live we are its parent: somebody must collect it, or it stays as a zombie.
    threading.Thread(target=process.wait, name=f"wait-for-{process.pid}", daemon=True).start()
    return ProcessIdentity(process.pid, start_time)
