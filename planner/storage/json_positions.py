"""Where in the text of a JSON file a value stands, so that an error can name its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


@dataclass(slots=True)
class _Container:
    """An open object or array, and the member that is being read."""

    prefix: str
    is_object: bool
    key: str = ""
    index: int = 0
    expects_key: bool = True

    def pointer(self) -> str:
        return f"{self.prefix}/{self.key if self.is_object else self.index}"

    def next_member(self) -> None:
        self.index += 1
        self.expects_key = True


def pointer_to(parts: Iterable[str | int]) -> str:
    """Return the RFC 6901 pointer of a path of keys and indexes."""
    return "".join(f"/{_escaped(str(part))}" for part in parts)


def lines_of(text: str, wanted: Iterable[str]) -> dict[str, int]:
    """Return the line (from 1) of each wanted pointer that exists in the text of a JSON file.

    The text must have been parsed successfully before. A member of an object stands where its key stands.
    """
    looked_for = set(wanted)
    found: dict[str, int] = {}
    open_containers: list[_Container] = []
    line, counted_to = 1, 0
    for match in _TOKEN.finditer(text):
        if len(found) == len(looked_for):
            break
        line += text.count("\n", counted_to, match.start())
        counted_to = match.start()
        pointer = _pointer_begun_by(match.group(), open_containers)
        if pointer is not None and pointer in looked_for:
            found.setdefault(pointer, line)
    return found


def _pointer_begun_by(text: str, open_containers: list[_Container]) -> str | None:
    """Advance by one token; return the pointer of the member or item that begins with it, if one does."""
    inner = open_containers[-1] if open_containers else None
    if text in ("}", "]"):
        open_containers.pop()
        return None
    if text == ":":
        return None
    if text == ",":
        if inner is not None:
            inner.next_member()
        return None
    if inner is not None and inner.is_object and inner.expects_key:
        inner.key = _escaped(json.loads(text))
        inner.expects_key = False
        return inner.pointer()
    here = inner.pointer() if inner is not None else ""
    if text in ("{", "["):
        open_containers.append(_Container(prefix=here, is_object=text == "{"))
    return None if inner is not None and inner.is_object else here


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
