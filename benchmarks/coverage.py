"""What becomes of the normative statements of documents: a table, or JSON with `--json`.

    python -m benchmarks.coverage FILES... [--json] [--drafter document|tasks-md]

The number of statements is counted by a grep of this file's own, which knows nothing of how the planner
reads: lines outside of code blocks with must, shall or should in any case, REQUIRED or RECOMMENDED in
capitals, checkboxes, labels such as FR-001 at the beginning, Given/When/Then, and `As a ..., I want ...`.
Each such line must be owned by a task or stand in the list of what is uncovered; what is in neither is lost,
and then the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from planner.codebase.survey import Survey
from planner.draft import Draft, SourceText
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source
from schemas.errors import InvalidArguments
from schemas.evidence import SourceEvidence
from schemas.plan import Drafter
from schemas.settings import PlanSettings

MARKS = re.compile(
    r"\b(?i:must|shall|should)\b|\b(?:REQUIRED|RECOMMENDED)\b"
    r"|^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s"
    r"|^\s*(?:[-*+|]\s*)?(?:\*\*)?(?:FR|NFR|SC|US|REQ|AC)-\d"
    r"|^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*)?(?i:Given\b.*\bwhen\b)"
    r"|(?i:\bAs an? .{2,60} I want\b)"
)
FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})")
SEEDS = ("1", "2")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One document: how many of its marked lines a task owns, are listed as uncovered, or are lost."""

    document: str
    statements: int
    owned: int = 0
    uncovered: int = 0
    lost: tuple[int, ...] = ()
    tasks: int = 0
    features: int = 0
    quotes: int = 0
    quotes_exact: int = 0
    lines_right: bool = True
    deterministic: bool = True
    drafter: str = "-"
    error: str | None = None


def marked_lines(text: str) -> list[int]:
    """Return the numbers (from 1) of the lines outside of code blocks that have the mark of a statement."""
    fence = ""
    found: list[int] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark["mark"].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif mark:
            fence = mark["mark"]
        elif MARKS.search(line):
            found.append(number)
    return found


def measure(path: Path, drafter: Drafter | None = None, elsewhere: Sequence[str] = ()) -> Coverage:
    """Return the coverage of one document; one without any task has the reason as its error.

    `elsewhere` are fingerprints of its draft from other processes.
    """
    source = read_source(path)
    marked = marked_lines(source.text)
    try:
        draft = _draft(source, drafter)
    except InvalidArguments as error:
        return Coverage(document=path.name, statements=len(marked), error=error.message)
    owned, listed = _lines_of(draft)
    quotes = [item for feature in draft.features for item in feature.source_evidence]
    quotes += [item for task in draft.tasks for item in task.source_evidence]
    quotes += [statement.source_evidence for statement in draft.statements]
    exact = [item for item in quotes if item.redacted or item.quote == _slice(source, item)]
    return Coverage(
        document=path.name,
        statements=len(marked),
        owned=len([line for line in marked if line in owned]),
        uncovered=len([line for line in marked if line in listed and line not in owned]),
        lost=tuple(line for line in marked if line not in owned and line not in listed),
        tasks=len(draft.tasks),
        features=len(draft.features),
        quotes=len(quotes),
        quotes_exact=len(exact),
        lines_right=all(item.startLine == _line_at(source.text, item.loc.start) for item in quotes),
        deterministic=set(elsewhere) <= {fingerprint(path, drafter)},
        drafter=draft.drafter,
    )


def fingerprints_elsewhere(paths: Sequence[Path], seed: str, drafter: Drafter | None = None) -> list[str]:
    """Return the fingerprints that another process sees, under another hash seed and in another folder."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom benchmarks.coverage import fingerprint_or_error\n"
        "for path in sys.argv[2:]: print(fingerprint_or_error(Path(path), sys.argv[1] or None))\n"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, drafter or "", *(str(path.resolve()) for path in paths)],
        cwd="/",
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout.splitlines()


def fingerprint_or_error(path: Path, drafter: Drafter | None = None) -> str:
    """Return the fingerprint of a document's draft, or of the error that refuses it."""
    try:
        return fingerprint(path, drafter)
    except InvalidArguments as error:
        return hashlib.sha256(error.message.encode()).hexdigest()


def _slice(source: SourceText, item: SourceEvidence) -> str:
    return source.text[item.loc.start : item.loc.end]


def is_good(row: Coverage) -> bool:
    """Return whether nothing of a document is lost, misquoted or different the second time."""
    exact = row.quotes == row.quotes_exact and row.lines_right
    return not row.lost and exact and row.deterministic


def fingerprint(path: Path, drafter: Drafter | None = None) -> str:
    """Return a text that differs whenever any byte of the draft of a document does."""
    draft = _draft(read_source(path), drafter)
    parts = [*draft.features, *draft.tasks, *draft.dependencies, *draft.statements, *draft.findings]
    text = "\n".join(json.dumps(part.as_json()) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()


def _draft(source: SourceText, drafter: Drafter | None) -> Draft:
    return draft_from_documents((source,), Survey(root="."), PlanSettings(), None, drafter)


def _lines_of(draft: Draft) -> tuple[set[int], set[int]]:
    """Return the lines of the statements that tasks own, and of those that are listed as uncovered."""
    owned: set[int] = set()
    listed: set[int] = set()
    for statement in draft.statements:
        place = statement.source_evidence
        (owned if statement.tasks else listed).update(range(place.startLine, place.endLine + 1))
    for task in draft.tasks:
        for place in task.source_evidence:
            owned.update(range(place.startLine, place.endLine + 1))
    return owned, listed


def _line_at(text: str, offset: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:offset])) + 1


def _table(rows: Sequence[Coverage]) -> str:
    lines = [
        "| document | drafter | features | tasks | statements | owned | uncovered | lost | exact | same |",
        "|" + "---|" * 10,
    ]
    for row in rows:
        exact = f"{row.quotes_exact}/{row.quotes}"
        same = "yes" if row.deterministic and row.lines_right else "NO"
        note = f" ({row.error})" if row.error else ""
        lines.append(
            f"| {row.document}{note} | {row.drafter} | {row.features} | {row.tasks} | {row.statements} | "
            f"{row.owned} | {row.uncovered} | {len(row.lost)} | {exact} | {same} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the table; return 1 if anything is lost, misquoted or not the same twice."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--drafter", choices=["document", "tasks-md"])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seen = [fingerprints_elsewhere(arguments.files, seed, arguments.drafter) for seed in SEEDS]
    rows = [
        measure(path, arguments.drafter, elsewhere)
        for path, *elsewhere in zip(arguments.files, *seen, strict=True)
    ]
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(_table(rows))
    is_good = all(
        not row.lost and row.quotes == row.quotes_exact and row.lines_right and row.deterministic
        for row in rows
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
