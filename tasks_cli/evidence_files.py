"""The files of a task's evidence: of which attempt and phase each is, in the order they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.execution import Phase

_NAME = re.compile(r"\d+-([a-z_]+)-")


@dataclass(frozen=True, slots=True)
class EvidenceChoice:
    """What of the evidence is wanted: None means all of it."""

    attempt: int | None = None
    phase: Phase | None = None

    def has(self, attempt: int, file: Path) -> bool:
        """Return whether a file of an attempt is wanted."""
        named = _NAME.match(file.name)
        of_phase = self.phase is None or (named is not None and named[1] == self.phase)
        return of_phase and self.attempt in {None, attempt}


def evidence_files(folder: Path, choice: EvidenceChoice) -> Iterator[tuple[int, Path]]:
    """Yield attempt and file, in order; a folder that does not exist yet has none.

    Hidden files are drafts, and what one phase tells the next.
    """
    if not folder.is_dir():
        return
    numbers = sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdigit())
    for number in numbers:
        for file in sorted((folder / str(number)).iterdir()):
            if file.is_file() and not file.name.startswith(".") and choice.has(number, file):
                yield number, file
