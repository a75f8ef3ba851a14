"""The `Key: value` lines at the end of a commit message."""

from __future__ import annotations

import re

_TRAILER = re.compile(r"([A-Za-z0-9-]+): *(.*)")


def parse_trailers(message: str) -> dict[str, str]:
    """Return the trailers of a message: its last paragraph, if it holds nothing else; the last one wins."""
    paragraphs = re.split(r"\n[ \t]*\n", message.strip("\n"))
    if len(paragraphs) == 1:  # a subject alone has no trailers
        return {}
    found: dict[str, str] = {}
    for line in paragraphs[-1].splitlines():
        match = _TRAILER.fullmatch(line.rstrip())
        if match is None:
            return {}
        found[match[1]] = match[2]
    return found
