"""Gates in the scripts of a plan: a script notes that it got there, and goes on when the gate is open.

The notes and the gates lie outside of the repository, where neither git nor a sandbox of ours looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from planner.machine.process_supervisor import read_stat
from tests.end_to_end.waiting import wait_until

ENDED = "end:"


@dataclass(frozen=True, slots=True)
class Passing:
    """One execution that reached a point."""

    point: str
    pid: int
    at: float
    """Seconds since the epoch."""
    ended: bool
    """Whether it noted its end as well."""

    def running(self) -> bool:
        """Return whether it has begun, not noted its end, and still is a process."""
        stat = None if self.ended else read_stat(self.pid)
        return stat is not None and stat[0] not in "ZX"


@dataclass(frozen=True, slots=True)
class Gates:
    """All gates of one test; every gate is open until it is closed."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Make the folder of the gates."""
        folder.mkdir(parents=True)
        (folder / "log").touch()
        return cls(folder)

    def clear(self) -> None:
        """Open every gate and forget what was noted."""
        for file in self.folder.iterdir():
            if file.name == "log":
                file.write_text("")
            else:
                file.unlink()

    def passing(self, point: str) -> str:
        """Return the lines of a script that pass a gate; `point` may use variables of the shell.

        A gate may be closed for every passing (`point`), or for the n-th alone (`point#n`).
        """
        return (
            f'point="{point}"; echo "$point $$ $(date +%s.%N)" >> {self.folder}/log\n'
            f'gate="{self.folder}/$point"; number=$(grep -c "^$point " {self.folder}/log)\n'
            'while [ -e "$gate" ] || [ -e "$gate#$number" ]; do sleep 0.05; done'
        )

    def leaving(self, point: str) -> str:
        """Return the line of a script that notes the end of what began at a point."""
        return f'echo "{ENDED}{point} $$ $(date +%s.%N)" >> {self.folder}/log'

    def close(self, point: str) -> None:
        """Let scripts wait at a point."""
        (self.folder / point).touch()

    def open(self, point: str) -> None:
        """Let scripts pass a point from now on."""
        (self.folder / point).unlink()

    def points(self) -> list[str]:
        """Return the points that were reached, in order."""
        return [passing.point for passing in self.passings()]

    def passings(self) -> list[Passing]:
        """Return every execution that reached a point, in order."""
        fields = [line.split() for line in self._lines()]
        ended = {(point, pid) for point, pid, _ in fields if point.startswith(ENDED)}
        return [
            Passing(point, int(pid), float(at), (f"{ENDED}{point}", pid) in ended)
            for point, pid, at in fields
            if not point.startswith(ENDED)
        ]

    def wait_at(self, point: str, times: int = 1) -> int:
        """Wait until a point was reached so often; return the pid of the script that got there last."""
        wait_until(
            lambda: self.points().count(point) >= times, lambda: f"{point} {times} times in {self._lines()}"
        )
        return [passing.pid for passing in self.passings() if passing.point == point][-1]

    def _lines(self) -> list[str]:
        # A line counts when it is whole.
        return [
            line
            for line in (self.folder / "log").read_text().splitlines(keepends=True)
            if line.endswith("\n")
        ]
