"""Prints how many tests of each kind ran (from the JUnit files of `make test`) and how many suppressions.

A kind of which none ran is a failure: a green run must not hide that nothing was tried.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from count_suppressions import find_suppressions

KINDS = ("unit", "temporal", "replay", "end-to-end")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers of one kind of test; seconds is the wall time."""

    tests: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


def read_outcome(report: Path) -> Outcome | None:
    """Return the numbers in pytest's JUnit file, or None when that kind did not run."""
    if not report.exists():
        return None
    suite = re.search(r"<testsuite\b[^>]*>", report.read_text(encoding="utf-8"))
    numbers = dict(re.findall(r'(\w+)="([0-9.]+)"', suite.group())) if suite else {}
    return Outcome(
        tests=int(numbers.get("tests", 0)),
        failed=int(numbers.get("failures", 0)) + int(numbers.get("errors", 0)),
        skipped=int(numbers.get("skipped", 0)),
        seconds=float(numbers.get("time", 0)),
    )


def main() -> int:
    """Print the table for the folder of reports named as the argument; return 1 if a kind did not run."""
    reports = Path(sys.argv[1])
    print(f"\n{'tests':<12}{'ran':>7}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    outcomes = {kind: read_outcome(reports / f"{kind}.xml") for kind in KINDS}
    for kind, outcome in outcomes.items():
        if outcome is None:
            print(f"{kind:<12}{'-':>7}")
        else:
            print(
                f"{kind:<12}{outcome.tests:>7}{outcome.failed:>8}{outcome.skipped:>9}{outcome.seconds:>9.1f}"
            )
    ran = [outcome for outcome in outcomes.values() if outcome is not None]
    total = Outcome(*(sum(getattr(each, name) for each in ran) for name in Outcome.__slots__))
    print(f"{'all':<12}{total.tests:>7}{total.failed:>8}{total.skipped:>9}{total.seconds:>9.1f}")
    print(f"suppressions (noqa, type: ignore): {len(list(find_suppressions(Path.cwd())))}")
    missing = [kind for kind, outcome in outcomes.items() if outcome is None or not outcome.tests]
    if missing:
        print(f"no test ran: {', '.join(missing)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
