"""Standard output and error: how names are printed, and what to do when nobody takes what is printed."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def print_names_as_they_are() -> None:
    """Let a file name that is not UTF-8 be printed with its own bytes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="surrogateescape")


def give_up(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere: a pipe nobody reads, a disk that is full."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
