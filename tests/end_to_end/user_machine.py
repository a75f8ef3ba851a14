"""A user's machine of its own: a state folder, free ports, quick times, and a local service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.end_to_end.running_command import RunningCommand
from tests.end_to_end.tasks_command import TASKS, run_tasks
from tests.end_to_end.waiting import wait_until
from workers.dev_server import free_port

QUICK_TIMES = {
    "TASKS_HEARTBEAT": "2",
    "TASKS_SCHEDULE_TO_START": "5",
    "TASKS_COMMAND_DEADLINE": "60",
    "TASKS_GRACE": "1",
    "TASKS_RETRY_INITIAL": "0.1",
    "TASKS_RETRY_MAXIMUM": "1",
}


@dataclass(frozen=True, slots=True)
class UserMachine:
    """Where a user works, and the environment in which `tasks` finds or starts his local service."""

    folder: Path
    environment: Mapping[str, str]
    temporal_binary: Path
    program: tuple[str, ...] = (str(TASKS),)

    @property
    def state(self) -> Path:
        """Return the state folder; it is in the environment or the command line of every process of ours."""
        return self.folder / "state"

    def tasks(
        self, *arguments: str | Path, cwd: Path | None = None, deadline: float = 120, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `tasks` to its end."""
        return run_tasks(arguments, cwd or self.folder, {**self.environment, **more}, deadline, self.program)

    def json(self, *arguments: str | Path, cwd: Path | None = None) -> Any:  # noqa: ANN401 - any JSON value
        """Run `tasks ... --json`, which must succeed, and return what it printed."""
        done = self.tasks(*arguments, "--json", cwd=cwd)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str | Path, cwd: Path | None = None) -> RunningCommand:
        """Start `tasks`, as a terminal would, and return at once."""
        return RunningCommand.start(arguments, cwd or self.folder, self.environment)

    def temporal(self, *arguments: str | Path, deadline: float = 60) -> subprocess.CompletedProcess[str]:
        """Run Temporal's own command against the local service; `temporal tasks` finds ours on PATH."""
        own = str(Path(sys.executable).parent)
        environment = {
            **self.environment,
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.environment['TASKS_PORT']}",
            "PATH": f"{own}:{self.environment['PATH']}",
        }
        if arguments[0] == "tasks":
            del environment["TEMPORAL_ADDRESS"]
        return subprocess.run(
            [str(self.temporal_binary), *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )

    def processes(self, role: str | None = None) -> list[int]:
        """Return the pids of the local service, all or those of a role, as `tasks doctor` names them."""
        rows = self.json("doctor")["processes"]
        return [row["pid"] for row in rows if role in {None, row["role"]}]

    def leftovers(self) -> list[str]:
        """Return every process that has our state folder in its environment or on its command line."""
        return [f"{process.pid} {shown}" for process, shown in _mentioning(str(self.state))]


def running_for_tasks(folder: Path) -> list[str]:
    """Return every process below a folder that carries the mark of the process supervisor."""
    return [
        f"{process.pid} {shown}"
        for process, shown in _mentioning(str(folder))
        if "TASKS_PROCESS_TOKEN" in _environment_of(process)
    ]


@contextmanager
def user_machine(folder: Path, temporal_binary: Path, **more: str) -> Iterator[UserMachine]:
    """Yield a machine on which nothing runs yet; at the end `tasks down` must leave no process."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        **QUICK_TIMES,
        "TASKS_STATE_DIR": str(folder / "state"),
        "TASKS_PORT": str(free_port()),
        "TASKS_UI_PORT": str(free_port()),
        **more,
    }
    machine = UserMachine(folder, environment, temporal_binary)
    try:
        yield machine
        stopped = machine.tasks("down")
        assert stopped.returncode == 0, stopped.stderr
        # A process that has just been ended may still be on its way out.
        wait_until(lambda: not machine.leftovers(), machine.leftovers, seconds=10)
    finally:
        for process, _ in _mentioning(str(folder)):
            process.send_signal(signal.SIGKILL)


def _mentioning(text: str) -> list[tuple[psutil.Process, str]]:
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            argv = process.cmdline()
            if process.status() != psutil.STATUS_ZOMBIE and (
                any(text in part for part in argv)
                or any(text in value for value in _environment_of(process).values())
            ):
                found.append((process, " ".join(argv)))
        except psutil.Error:
            continue
    return found


def _environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}
