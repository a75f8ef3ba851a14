"""Names that become git refs, folders and workflow ids, and the one rule that they obey."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SLUG_LENGTH = 40


def check_identifier(value: str) -> str:
    """Return the identifier unchanged.

    Raises:
        ValueError: when the value could not be a part of a ref and of a path.
    """
    if not _ALLOWED.fullmatch(value) or ".." in value or value.endswith((".lock", ".")):
        message = (
            f"{value!r} cannot be used as an id: use 1 to 64 letters, digits, '.', '_' or '-', "
            "begin with a letter or digit, without '..' and without '.lock' or '.' at the end"
        )
        raise ValueError(message)
    return value


def slug(text: str, length: int = SLUG_LENGTH) -> str:
    """Return a readable part for a branch or folder name; never empty, always a valid identifier."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:length].strip("-")
    return plain or "task"


def slug_with_hash(text: str, length: int = SLUG_LENGTH) -> str:
    """Return a slug that differs whenever the text differs: two titles never share a branch."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{slug(text, length)}-{digest}"


Identifier = Annotated[str, AfterValidator(check_identifier)]
TaskId = Annotated[str, AfterValidator(check_identifier)]
RunId = Annotated[str, AfterValidator(check_identifier)]
ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]
CommitId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40,64}$")]
