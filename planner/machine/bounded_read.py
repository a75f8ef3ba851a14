"""Read a file that a user named, whatever it turns out to be: never for ever, never more than so much."""

from __future__ import annotations

import os
from pathlib import Path


def is_utf8(path: Path) -> bool:
    """Return whether a path can stand in a text of ours: file names are bytes, and may be anything."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_at_most(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file; one byte more than `most_bytes` says that there is more.

    A pipe into which nobody writes is empty: it is not waited for until somebody does. What a writer who is
    there has yet to write, as in a shell's `<(command)`, is waited for.

    Raises:
        OSError: it cannot be opened or read.
        ValueError: the path holds a NUL.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        os.set_blocking(descriptor, True)
        return file.read(most_bytes + 1)
