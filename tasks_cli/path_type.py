"""The type of options that name a path: an empty one is no path, and not the current folder."""

from __future__ import annotations

from pathlib import Path


def path(value: str) -> Path:
    """Return the path; whether anything is there is for the command to find out.

    Raises:
        InvalidArguments: it is empty.
    """
    return Path(path_text(value))


def path_text(value: str) -> str:
    """Return the path as it was written, for a setting.

    Raises:
        InvalidArguments: it is empty, as the variable of a script is that was not set.
    """
    if not value.strip():
        from schemas.errors import InvalidArguments

        raise InvalidArguments(
            "a path is empty",
            hint="name a folder, or leave the option out; is a variable of a script not set?",
        )
    return value
