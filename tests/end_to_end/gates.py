"""Gates in the scripts of a plan: a script notes that it got there, and goes on when the gate is open.

The notes and the gates lie outside of the repository, where neither git nor a sandbox of ours looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.end_to_end.waiting import wait_until


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

    def passing(self, point: str) -> str:
        """Return the lines of a script that pass a gate; `point` may use variables of the shell.

        A gate may be closed for every passing (`point`), or for the n-th alone (`point#n`).
        """
        return (
            f'point="{point}"; echo "$point $$" >> {self.folder}/log\n'
            f'gate="{self.folder}/$point"; number=$(grep -c "^$point " {self.folder}/log)\n'
            'while [ -e "$gate" ] || [ -e "$gate#$number" ]; do sleep 0.05; done'
        )

    def close(self, point: str) -> None:
        """Let scripts wait at a point."""
        (self.folder / point).touch()

    def open(self, point: str) -> None:
        """Let scripts pass a point from now on."""
        (self.folder / point).unlink()

    def points(self) -> list[str]:
        """Return the points that were reached, in order."""
        return [line.split()[0] for line in self._lines()]

    def wait_at(self, point: str, times: int = 1) -> int:
        """Wait until a point was reached so often; return the pid of the script that got there last."""
        wait_until(
            lambda: self.points().count(point) >= times, lambda: f"{point} {times} times in {self._lines()}"
        )
        return int([line.split()[1] for line in self._lines() if line.split()[0] == point][-1])

    def _lines(self) -> list[str]:
        # A line counts when it is whole.
        return [
            line
            for line in (self.folder / "log").read_text().splitlines(keepends=True)
            if line.endswith("\n")
        ]
