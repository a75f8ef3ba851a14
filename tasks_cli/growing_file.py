"""A file that somebody writes while we read it: what is new in it since the last look."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import BinaryIO

KNOWN_BYTES = 200
LEFT_OUT = "\n[... some output is left out here ...]\n"


class GrowingFile:
    """Reads on where it was, also in a file that was replaced or shortened meanwhile.

    Both happen to the output of a command: secrets are taken out of it when the command has ended (the file
    is replaced, line for line), and the middle of a very long one is left out (it is shortened in place).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._number: int | None = None
        self._position = 0
        self._lines = 0
        self._last = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def skip_to_last_lines(self, lines: int) -> int:
        """Leave out all but the last lines of what is there; return how many are left out."""
        with self.path.open("rb") as file:
            self._number = os.fstat(file.fileno()).st_ino
            there = file.read().splitlines(keepends=True)
        skipped = there[:-lines]
        self._take(b"".join(skipped))
        return len(skipped)

    def news(self) -> str:
        """Return what was written since the last look; a file that has gone has no news."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return ""
        with file:
            gap = self._find_position(file)
            file.seek(self._position)
            new = file.read()
        self._take(new)
        return gap + self._decoder.decode(new)

    def _take(self, data: bytes) -> None:
        self._position += len(data)
        self._lines += data.count(b"\n")
        self._last = (self._last + data)[-KNOWN_BYTES:]

    def _find_position(self, file: BinaryIO) -> str:
        """Set where to read on in the file as it is now; return what to say about what is missing."""
        number = os.fstat(file.fileno()).st_ino
        if number != self._number:
            begun = bool(self._last) and not self._last.endswith(b"\n")
            whole = file.read().splitlines(keepends=True)
            self._number = number
            self._lines += begun
            self._position, self._last = sum(map(len, whole[: self._lines])), b""
            return "\n" if begun else ""
        file.seek(self._position - len(self._last))
        if file.read(len(self._last)) == self._last:
            return ""
        file.seek(0)
        place = file.read().rfind(self._last)
        if place >= 0:
            self._position = place + len(self._last)
            return ""
        self._position = file.tell()
        self._last = b""
        return LEFT_OUT
