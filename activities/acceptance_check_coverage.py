"""The share of lines that tests reach: from coverage reports, else from what known tools print."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from activities.acceptance_check_tests import local_name, parse_xml

_COVERAGE_PY = re.compile(r"^TOTAL\s+\d+.*?\s(?P<percent>\d+(?:\.\d+)?)%\s*$", re.MULTILINE)
_GO_TOTAL = re.compile(r"^total:\s+\(statements\)\s+(?P<percent>[\d.]+)%", re.MULTILINE)
_GO_PACKAGE = re.compile(r"coverage: (?P<percent>[\d.]+)% of statements")
_ISTANBUL = re.compile(r"^All files\s*\|(?P<columns>[^\n]*)", re.MULTILINE)
_LINES_COLUMN = 3  # statements, branches, functions, lines


@dataclass(frozen=True, slots=True)
class Coverage:
    """A share from 0 to 1, and where it comes from."""

    share: float
    source: str


def coverage_from_reports(reports: Iterable[tuple[str, bytes]]) -> Coverage | None:
    """Return the coverage that reports tell; of several, the lowest: a plan must not pass by the best one."""
    found = [
        Coverage(share, name)
        for name, content in reports
        if (share := _from_xml(content) if name.endswith(".xml") else _from_json(content)) is not None
    ]
    return min(found, key=lambda coverage: coverage.share, default=None)


def coverage_from_output(output: str) -> Coverage | None:
    """Return the coverage that coverage.py, go or istanbul printed, as precisely as they printed it."""
    totals = _COVERAGE_PY.findall(output) or _GO_TOTAL.findall(output)
    packages = _GO_PACKAGE.findall(output)
    columns = [match["columns"].split("|") for match in _ISTANBUL.finditer(output)]
    totals += [row[_LINES_COLUMN].strip() for row in columns if len(row) > _LINES_COLUMN]
    if not totals and len(packages) == 1:  # of several packages nobody knows the weights
        totals = packages
    shares = [share for total in totals if (share := _share(total, 100)) is not None]
    return Coverage(min(shares), "the printed summary") if shares else None


def _from_xml(content: bytes) -> float | None:
    """Read a Cobertura report, as coverage.py and most tools write it."""
    root = parse_xml(content)
    if root is None or local_name(root) != "coverage" or root.get("lines-valid") == "0":
        return None
    return _share(root.get("line-rate"), 1)


def _from_json(content: bytes) -> float | None:
    """Read a report of coverage.py (`totals`) or a summary of istanbul (`total`)."""
    try:
        report = json.loads(content)
        if "totals" in report:
            return _share(report["totals"]["percent_covered"], 100)
        return _share(report["total"]["lines"]["pct"], 100)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _share(number: object, whole: int) -> float | None:
    try:
        share = float(str(number)) / whole
    except ValueError:
        return None
    return share if math.isfinite(share) and 0 <= share <= 1 else None
