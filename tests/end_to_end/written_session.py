"""A session in a shell as a Markdown document tells it: its commands, what they print, the files it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

PROMPT = "$ "
ELISION = "..."
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`]*)$")
ASKS_FOR_THE_CODE = "echo $?"


@dataclass(slots=True)
class Step:
    """A command, or a file to write (then `text` is its content and `command` is empty)."""

    line: int
    command: str = ""
    shown: list[str] = field(default_factory=list)
    code: int = 0
    file: str = ""
    text: str = ""

    def expected_code(self) -> int:
        """Return the exit code with which the command must end."""
        return 0 if self.command == ASKS_FOR_THE_CODE else self.code


def read_session(document: Path) -> list[Step]:
    """Return the steps of a document in order.

    A block of `console` holds commands after `$ ` and what they print. A block whose info string names a file
    is that file; the text above it must name it too, since the info string is not shown. A command ends with
    exit code 0, unless `echo $?` after it says otherwise.
    """
    steps: list[Step] = []
    for line, info, body, above in _blocks(document.read_text(encoding="utf-8").splitlines()):
        language, _, name = info.partition(" ")
        if language == "console":
            steps += _commands(line, body)
        elif name:
            assert f"`{name}`" in above, f"line {line}: the text above the block does not name {name}"
            steps.append(Step(line, file=name, text="\n".join(body) + "\n"))
    for before, step in pairwise(steps):
        if step.command == ASKS_FOR_THE_CODE:
            before.code = int(step.shown[0])
    return steps


def as_shown(output: str, home: Path) -> list[str]:
    """Return what was printed as the document shows it: without what is different each time.

    The document is put through this as well, so that it may show real ids and times.
    """
    text = output.replace(str(home), "/home/you")
    for pattern, instead in (
        (r"PLAN-[0-9a-f]{8}(-[0-9a-f]{12})?", "PLAN-ID"),
        (r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,64}\b", "COMMIT"),
        (r"127\.0\.0\.1:\d+", "ADDRESS"),
        (r"\b\d+(\.\d+)? (s|min|h)\b( \d+ (s|min)\b)?", "TIME"),
        (r"[ \t]+", " "),
    ):
        text = re.sub(pattern, instead, text)
    return [line.strip() for line in text.rstrip().splitlines()]


def matches(shown: list[str], printed: list[str]) -> bool:
    """Return whether a command printed what is shown; `...` stands for any lines, or the rest of a line."""
    pattern = "".join(r"(?:.*\n)*" if line == ELISION else _line_pattern(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def _line_pattern(line: str) -> str:
    whole = line.removesuffix(ELISION)
    return re.escape(whole) + (".*" if whole != line else "")


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, list[str], str]]:
    """Yield line number, info string, content and the text above of every fenced block."""
    fence, info, start, above = "", "", 0, 0
    for number, line in enumerate(lines):
        found = FENCE.match(line)
        if fence and line == fence:
            yield start + 1, info, lines[start + 1 : number], "\n".join(lines[above:start])
            fence, above = "", number + 1
        elif found and not fence:
            fence, info, start = found["fence"], found["info"].strip(), number


def _commands(line: int, body: list[str]) -> list[Step]:
    steps: list[Step] = []
    for number, text in enumerate(body, start=line + 1):
        if text.startswith(PROMPT):
            steps.append(Step(number, command=text.removeprefix(PROMPT)))
        else:
            steps[-1].shown.append(text)
    return steps
