"""The end of a log, without what an earlier process had written to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class LogTail:
    """A log that goes on being written."""

    path: Path
    said_before: int = 0

    @classmethod
    def from_now_on(cls, path: Path) -> Self:
        """Return the log as what will be written to it."""
        return cls(path, path.stat().st_size if path.exists() else 0)

    def last(self, lines: int) -> str:
        """Return the last lines, or a word that says that there are none."""
        said = b""
        if self.path.is_file():
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(self.said_before, size - MOST_BYTES))
                said = file.read()
        return "\n".join(said.decode("utf-8", "replace").strip().splitlines()[-lines:]) or "(empty)"
