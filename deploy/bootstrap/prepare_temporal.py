"""Finds Temporal's development server, or downloads or builds it, and prints its path: `make temporal`."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from schemas.errors import WorkerPoolUnavailable
from workers.temporal_binary import find_temporal


def report(line: str) -> None:
    """Say on stderr what takes time."""
    print(f"temporal: {line}", file=sys.stderr, flush=True)


def end_in_order(number: int, _frame: FrameType | None) -> None:
    """Leave through the finally clauses, so that a compiler that was started does not outlive us."""
    sys.exit(128 + number)


def main() -> int:
    """Print the path on stdout and return the exit code."""
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        binary = find_temporal(os.environ, report)
    except WorkerPoolUnavailable as error:
        report(error.message)
        report(error.hint)
        return 1
    print(binary)
    return 0


if __name__ == "__main__":
    sys.exit(main())
