"""The lines of a text and where each begins, as the Markdown parser counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

NEWLINE = re.compile(r"\r\n|\r|\n")  # what the Markdown parser takes for the end of a line, and nothing else


@dataclass(frozen=True, slots=True)
class SourceLines:
    """A text and the offset at which each of its lines begins; line numbers count from 0 here."""

    text: str
    starts: tuple[int, ...]

    def __getitem__(self, number: int) -> str:
        """Return a line without its newline; empty behind the last one."""
        if number >= len(self.starts):
            return ""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : end].rstrip("\r\n")

    def at(self, offset: int) -> int:
        """Return the number of the line in which a character stands."""
        return bisect_right(self.starts, offset) - 1

    def trimmed(self, first: int, last: int) -> tuple[int, int, int]:
        """Return the range of the lines from `first` to before `last`, and the first line behind it.

        Blank lines at the end and the white space around the range are left out.
        """
        while last - 1 > first and not self[last - 1].strip():
            last -= 1
        start = self.starts[first] + len(self[first]) - len(self[first].lstrip())
        end = self.starts[last - 1] + len(self[last - 1].rstrip())
        return start, max(start, end), last

    def starts_of(self, content: str, first: int, last: int) -> tuple[int, ...]:
        """Return where each line of a block's content begins in the text, -1 where that cannot be found.

        The parser has taken indentation, quote marks and trailing white space off the lines from `first`
        to before `last`.
        """
        found: list[int] = []
        for number, line in enumerate(content.split("\n"), first):
            raw = self[number].rstrip() if number < last else ""
            wanted = line.strip()
            at = len(raw) - len(wanted) if raw.endswith(wanted) else raw.find(wanted)
            indent = len(line) - len(line.lstrip())
            is_found = number < last and at >= 0
            found.append(self.starts[number] + max(at - indent, 0) if is_found else -1)
        return tuple(found)


def read_lines(text: str) -> SourceLines:
    """Return the lines of a text; what follows the last newline is a line too."""
    return SourceLines(text, (0, *(match.end() for match in NEWLINE.finditer(text))))
