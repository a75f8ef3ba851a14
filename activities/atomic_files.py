"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file so that whoever reads it sees all of it or what was there before."""
    with _draft(path, content, mode) as draft:
        draft.replace(path)


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is not there yet, whole at once.

    Raises:
        FileExistsError: it is there already; it stays as it is.
    """
    with _draft(path, content, mode) as draft:
        os.link(draft, path)
        draft.unlink()


@contextmanager
def _draft(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """Let a file with the content lie beside the path, on the disk; gone if it was not taken."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("xb") as file:
            os.fchmod(file.fileno(), mode)  # what commands print may be nobody else's business
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
