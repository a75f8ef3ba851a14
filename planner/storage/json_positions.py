"""Where in the text of a JSON file a value stands, so that an error can name its line."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def pointer_to(parts: Iterable[str | int]) -> str:
    """Return the RFC 6901 pointer of a path of keys and indexes."""
    return "".join(f"/{_escaped(str(part))}" for part in parts)


def lines_of(text: str, wanted: Iterable[str]) -> dict[str, int]:
    """Return the line (from 1) of each wanted pointer that exists in the text of a JSON file.

    The text must have been parsed successfully before. A member of an object stands where its key stands.
    What leads to no wanted pointer is skipped by the decoder: large files are mostly that.
    """
    looked_for = set(wanted)
    above = {pointer[:end] for pointer in looked_for for end, sign in enumerate(pointer) if sign == "/"}
    found: dict[str, int] = {}
    line, counted_to = 1, 0
    for pointer, place in _places(text, above):
        if pointer not in looked_for:
            continue
        line += text.count("\n", counted_to, place)
        counted_to = place
        found.setdefault(pointer, line)
        if len(found) == len(looked_for):
            break
    return found


def string_places(text: str, wanted: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return where each wanted member of an object that is a string stands: its range within the quotes.

    The text must have been parsed successfully before; of a key that stands there twice the last one counts.
    """
    looked_for = set(wanted)
    above = {pointer[:end] for pointer in looked_for for end, sign in enumerate(pointer) if sign == "/"}
    found: dict[str, tuple[int, int]] = {}
    for pointer, place in _places(text, above):
        if pointer in looked_for:
            found.pop(pointer, None)
            behind_key = _DECODER.raw_decode(text, place)[1]
            begin = _after_space(text, _after_space(text, behind_key) + 1)
            if text[begin] == '"':
                found[pointer] = (begin + 1, _DECODER.raw_decode(text, begin)[1] - 1)
    return found


def _places(text: str, above: set[str]) -> Generator[tuple[str, int], None, None]:
    """Yield the whole document and all members of what is above a wanted pointer, in order of the text."""
    place = _after_space(text, 0)
    yield "", place
    yield from _members(text, place, "", above)


def _members(text: str, place: int, pointer: str, above: set[str]) -> Generator[tuple[str, int], None, int]:
    """Yield the members of the value at a place if they are wanted, and return where the value ends."""
    closing = {"{": "}", "[": "]"}.get(text[place])
    if closing is None or pointer not in above:
        return _DECODER.raw_decode(text, place)[1]
    place, index = _after_space(text, place + 1), 0
    while text[place] != closing:
        begins, name = place, str(index)
        if closing == "}":
            key, place = _DECODER.raw_decode(text, place)
            name, place = _escaped(key), _after_space(text, _after_space(text, place) + 1)
        member = f"{pointer}/{name}"
        yield member, begins
        place = _after_space(text, (yield from _members(text, place, member, above)))
        if text[place] == ",":
            place = _after_space(text, place + 1)
        index += 1
    return place + 1


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found is not None else place


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
