"""The evidence of a task as text: each file below its path, so that the whole can be opened."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from tasks_cli.evidence_files import EvidenceChoice, evidence_files
from tasks_cli.growing_file import GrowingFile
from tasks_cli.printing import coloured

INDENT = "   "


@dataclass(slots=True)
class EvidenceText:
    """What there is of a task's evidence, and then, look by look, what is new."""

    folder: Path
    choice: EvidenceChoice
    lines: int
    """How many lines to show of what is in a file at the first look; everything that is added is shown."""
    _files: dict[Path, GrowingFile] = field(default_factory=dict)
    _attempt: int | None = None
    _file: Path | None = None
    _at_line_start: bool = True
    _looked: bool = False

    def news(self) -> str:
        """Return what is new since the last look, and at the first look the end of everything."""
        parts = [
            text
            for attempt, path in evidence_files(self.folder, self.choice)
            if (text := self._news_of(attempt, path))
        ]
        self._looked = True
        return "".join(parts)

    def _news_of(self, attempt: int, path: Path) -> str:
        left_out = 0
        if path not in self._files:
            self._files[path] = GrowingFile(path)
            left_out = 0 if self._looked else self._files[path].skip_to_last_lines(self.lines)
        new = self._files[path].news()
        if not new and self._looked:
            return ""
        above = f"{INDENT}... {left_out} more above\n" if left_out else ""
        return self._header(attempt, path) + above + self._indented(new)

    def _header(self, attempt: int, path: Path) -> str:
        if path == self._file:
            return ""
        header = "" if self._at_line_start else "\n"
        if attempt != self._attempt:
            header += coloured(f"== attempt {attempt} ==", "bold", sys.stdout) + "\n"
        self._attempt, self._file, self._at_line_start = attempt, path, True
        return f"{header}-- {path}\n"

    def _indented(self, text: str) -> str:
        if not text:
            return ""
        begun = INDENT if self._at_line_start else ""
        self._at_line_start = text.endswith("\n")
        whole = text.removesuffix("\n").replace("\n", f"\n{INDENT}")
        return begun + whole + ("\n" if self._at_line_start else "")
