"""Documents that nobody means well: a draft or a clear error, in bounded time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.codebase.survey import Survey
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import MAX_BYTES, read_source, read_source_bytes
from schemas.errors import InvalidArguments
from schemas.settings import PlanSettings

CHECKOUT = Path(__file__).resolve().parents[3]
REQUIRED = b"\n\n## A\n\nIt MUST work.\n"
DEADLINE = 60
MEMORY = 2 * 1024**3
DOCUMENTS = {
    "one line of sentences": b"The tool MUST work. " * 3_000,
    "one line without a space": b"x" * 500_000 + REQUIRED,
    "ten thousand headings": b"".join(b"## Heading %d\n\n" % n for n in range(10_000)) + REQUIRED,
    "headings of all levels": b"".join(b"#" * (1 + n % 6) + b" H %d\n" % n for n in range(5_000)) + REQUIRED,
    "a deep list": b"".join(b" " * (2 * n) + b"- [ ] x%d\n" % n for n in range(300)),
    "quotes in quotes": b">" * 5_000 + b" x" + REQUIRED,
    "two thousand boxes": b"".join(b"- [ ] do thing %d\n" % n for n in range(2_000)),
    "mixed newlines": b"# A\r\n\n\rIt MUST work.\r\r\n" * 500,
    "right to left": "# \u202eabc\u202c\n\nIt \u200fMUST\u200f work \u202e.\n".encode() * 500,
    "html": b"<div>\n<p>It MUST work</p>\n</div>\n\n" * 2_000 + REQUIRED,
    "code like headings": b"```\n# no heading\n- [ ] T001 no\n```\n\n" * 2_000 + REQUIRED,
    "a fence without an end": REQUIRED + b"\n```\n" + b"# x\n" * 10_000,
    "a wide table": b"| a " * 2_000 + b"|\n" + b"|---" * 2_000 + b"|\n" + b"| It MUST " * 2_000 + b"|\n",
    "arrows": b"```\n" + (b"-" * 199 + b">\n") * 190 + b"```\n" + REQUIRED,
    "brackets": b"[" * 50_000 + REQUIRED,
    "stars": b"*a " * 50_000 + REQUIRED,
    "labels": b"- FR-1: a\n" * 1_000,
    "depends on": b"- [ ] a depends on " + b"a, " * 10_000 + b"\n- [ ] b\n",
    "stories": b"as a " * 30_000 + REQUIRED,
    "steps": b"- Given x\n" * 3_000 + b"- Then y\n",
    "dashes": b"-" * 100_000 + REQUIRED,
    "a task list": b"# Tasks\n## Phase 1: Setup\n"
    + b"".join(b"- [ ] T%04d [P] do it in src/f%d.py\n" % (n, n % 50) for n in range(500))
    + b"## Dependencies\n- T0000-T0099 before T0100-T0199\n",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_drafted_or_refused_in_time(name: str) -> None:
    began = time.monotonic()
    try:
        source = read_source_bytes(DOCUMENTS[name], "spec.md")
        draft = draft_from_documents((source,), Survey(root="."), PlanSettings(), None)
    except InvalidArguments as error:
        assert error.hint  # noqa: PT017 - a refusal is one of two good ends
    else:
        assert draft.tasks
        for item in draft.statements:
            place = item.source_evidence
            assert place.redacted or place.quote == source.text[place.loc.start : place.loc.end]
    assert time.monotonic() - began < DEADLINE


def test_a_hundred_megabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(InvalidArguments, match="larger than"):
        read_source(large)


def test_the_largest_document_that_is_read_takes_bounded_memory(tmp_path: Path) -> None:
    text = "Plain words about nothing, in a line of their own.\n\n"
    document = tmp_path / "spec.md"
    document.write_text(text * 40_000 + "It MUST work.\n")
    assert document.stat().st_size < MAX_BYTES
    program = (
        "import resource, sys\nfrom pathlib import Path\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "from benchmarks.coverage import fingerprint\nprint(fingerprint(Path(sys.argv[1])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(document)],
        env={"PYTHONPATH": str(CHECKOUT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY
