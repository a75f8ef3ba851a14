"""The files of a task's evidence: of which attempt and phase each is, in the order they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.execution import Phase
from tasks_cli.growing_file import GrowingFile

_NAME = re.compile(r"\d+-([a-z_]+)-")


@dataclass(frozen=True, slots=True)
class EvidenceChoice:
    """What of the evidence is wanted: None means all of it."""

    attempt: int | None = None
    phase: Phase | None = None

    def has(self, attempt: int, file: Path) -> bool:
        """Return whether a file of an attempt is wanted."""
        return self.phase in {None, phase_of(file)} and self.attempt in {None, attempt}


def phase_of(file: Path) -> str | None:
    """Return the phase that made a file of the evidence; None when its name does not say."""
    named = _NAME.match(file.name)
    return named[1] if named else None


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


def evidence_records(folder: Path, choice: EvidenceChoice, lines: int) -> list[dict[str, object]]:
    """Return the same for a program, each with the end of what is in it.

    Returns:
        `{attempt, phase, file, lines_left_out, text}` for each file; text is its last lines, as UTF-8.
    """
    records: list[dict[str, object]] = []
    for attempt, path in evidence_files(folder, choice):
        growing = GrowingFile(path)
        left_out = growing.skip_to_last_lines(lines)
        record = {"attempt": attempt, "phase": phase_of(path), "file": str(path)}
        records.append({**record, "lines_left_out": left_out, "text": growing.news()})
    return records
