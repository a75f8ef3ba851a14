"""Read a file of a codebase that is not ours: follow no link, wait for no pipe, trust no size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_plain_file(file: Path, most: int) -> bytes | str:
    """Return the bytes of a regular file, or in words why it is not read: never more than `most` bytes."""
    try:
        with os.fdopen(os.open(file, FLAGS), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                return "not a regular file"
            data = opened.read(most + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if len(data) > most:
        return f"too large: {status.st_size / 1e6:.1f} MB, and at most {most / 1e6:g} MB are read"
    return data
