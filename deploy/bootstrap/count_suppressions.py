"""Lists every noqa and type: ignore of the code, and fails on one without a code or without a reason.

A suppression switches a rule off for one line. That is fair where a person can read which rule and why.
"""

from __future__ import annotations

import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CHECKED = (
    "schemas",
    "planner",
    "activities",
    "workflows",
    "workers",
    "tasks_cli",
    "tests",
    "benchmarks",
    "deploy",
)

MARK = re.compile(r"#\s*((ruff:\s*)?noqa|type:\s*ignore|mypy:)", re.IGNORECASE)
CODE = r"[A-Z]+[0-9]+"
EXPLAINED = (
    re.compile(rf"#\s*(ruff:\s*)?noqa:\s*{CODE}(\s*,\s*{CODE})*\s+-\s+\w.*"),
    # mypy reads nothing but a comment after the brackets.
    re.compile(r"#\s*type:\s*ignore\[[a-z-]+(\s*,\s*[a-z-]+)*\]\s*#\s*\w.*"),
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment that switches a rule off; `explained` when it names the rule and gives a reason."""

    path: Path
    line: int
    text: str

    @property
    def explained(self) -> bool:
        """Whether the comment has a code and a reason."""
        return any(form.match(self.text) for form in EXPLAINED)


def find_suppressions(root: Path) -> Iterator[Suppression]:
    """Yield the suppressions in the Python files of the checked folders below root, in order of path."""
    for folder in CHECKED:
        for path in sorted((root / folder).rglob("*.py")):
            with tokenize.open(path) as source:
                for token in tokenize.generate_tokens(source.readline):
                    if token.type == tokenize.COMMENT:
                        for text in split_marks(token.string):
                            yield Suppression(path.relative_to(root), token.start[0], text)


def split_marks(comment: str) -> list[str]:
    """Return the suppressions in one comment, each with what follows it up to the next."""
    starts = [found.start() for found in MARK.finditer(comment)]
    return [comment[start:end].strip() for start, end in pairwise([*starts, len(comment)])]


def main() -> int:
    """Print each suppression that explains itself badly, then the count; return the exit code."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()
    found = list(find_suppressions(root))
    bad = [each for each in found if not each.explained]
    for each in bad:
        print(f"{each.path}:{each.line}: needs a code and a reason (# noqa: S110 - why): {each.text}")
    print(len(found))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
