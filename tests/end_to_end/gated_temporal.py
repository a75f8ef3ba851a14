"""A Temporal command that says when a server is being started, and waits at a gate before it is one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.end_to_end.waiting import wait_until
from tests.unit.dev_server.programs import write_program
from workers.temporal_binary import PINNED_VERSION


@dataclass(frozen=True, slots=True)
class GatedTemporal:
    """The command, as a user would name it with TASKS_TEMPORAL_CLI."""

    command: Path
    started: Path
    gate: Path

    @classmethod
    def make(cls, folder: Path, temporal_binary: Path) -> Self:
        """Make the command; the gate is closed."""
        folder.mkdir(parents=True, exist_ok=True)
        started, gate = folder / "started", folder / "gate"
        started.touch()
        command = write_program(
            folder / "temporal",
            f'if [ "$1" = --version ]; then echo "temporal version {PINNED_VERSION}"; exit; fi\n'
            f"echo $$ >> {started}\n"
            f"while [ ! -e {gate} ]; do sleep 0.05; done\n"
            f'exec {temporal_binary} "$@"',
        )
        return cls(command, started, gate)

    def wait_for_starts(self, number: int = 1) -> None:
        """Wait until so many servers were started."""
        wait_until(lambda: len(self.pids()) >= number, lambda: f"{number} starts, not {self.pids()}")

    def pids(self) -> list[int]:
        """Return the pids of the servers that were started, oldest first."""
        return [int(line) for line in self.started.read_text().split()]

    def open(self) -> None:
        """Let the servers begin; the gate appears whole."""
        os.mknod(self.gate)
