"""JSON as tsconfig.json has it: with comments and commas too many."""

from __future__ import annotations

import json
import re

# A string is taken as a whole first, so that `//` in an address is no comment.
# What is never closed ends with the text: looking for its end from every place would take for ever.
_TOKEN = re.compile(r'("(?:\\.|[^"\\])*(?:"|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*(?:"|\Z))|,(?=\s{0,200}[}\]])', re.DOTALL)


def read_json_object(text: str | None) -> dict[str, object]:
    """Return the object in a text; empty if there is none that can be read."""
    plain = _TOKEN.sub(lambda match: match[1] or "", (text or "").removeprefix("\ufeff"))
    try:
        value = json.loads(_LAST_COMMA.sub(lambda match: match[1] or "", plain))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def object_in(value: object, name: str) -> dict[str, object]:
    """Return the object under a name of an object; empty if either is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
