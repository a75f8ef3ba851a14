"""An artifact as the text of its file, and back, with the place of everything that does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from pydantic import ValidationError

from planner.storage.json_positions import lines_of, pointer_to
from schemas.dag import Finding
from schemas.record import Record

SCHEMA_RULE = "schema"
JSON_RULE = "json"
_MOST_FINDINGS = 50
_LARGEST_INTEGER = 2**53 - 1
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
# Text in which one of these values may stand: looking at every value of a large plan takes long.
_SUSPICIOUS = re.compile(r"\\u[dD][89a-fA-F]|[\s,:\[-]\d{16}")


def artifact_text(record: Record) -> str:
    """Return the text of an artifact's file: indented, in the order of the model, one newline at the end."""
    return record.model_dump_json(indent=2, exclude_unset=True) + "\n"


def parse_artifact(name: str, text: str, model: type[Record]) -> Record | tuple[Finding, ...]:
    """Return the record that the text of a file holds, or what is wrong with the text, each with its line."""
    try:
        document = json.loads(text, object_pairs_hook=_object_without_duplicates, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return (_json_finding(name, f"not valid JSON: {error.msg} (column {error.colno})", error.lineno),)
    except RecursionError:
        return (_json_finding(name, "not usable as JSON: it is nested too deeply", None),)
    except ValueError as error:
        return (_json_finding(name, f"not usable as JSON: {error}", None),)
    try:
        record = model.model_validate(document)
    except ValidationError as error:
        return _schema_findings(name, text, document, error)
    return _without_canonical_form(name, text, document) or record


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _json_finding(name: str, what: str, line: int | None) -> Finding:
    message = f"{what}; mend the file or run `tasks plan` again"
    return Finding(rule=JSON_RULE, severity="error", file=name, line=line, message=message)


def _without_canonical_form(name: str, text: str, document: object) -> tuple[Finding, ...]:
    """Return the values that a content hash cannot be made of; nothing else in the file would name them."""
    if _SUSPICIOUS.search(text) is None:
        return ()
    found = {pointer_to(path): what for path, what in _odd_values(document, ())}
    lines = lines_of(text, found)
    return tuple(
        Finding(
            rule=SCHEMA_RULE, severity="error", file=name, pointer=pointer, line=lines[pointer], message=what
        )
        for pointer, what in found.items()
    )


def _odd_values(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _odd_values(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _odd_values(item, (*path, index))
    elif isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        yield path, f"{value} is more than a JSON number holds exactly; write a smaller one"
    elif isinstance(value, str) and _HALF_CHARACTER.search(value):
        yield path, "the text holds half a Unicode character; write the whole one"


def _schema_findings(name: str, text: str, document: object, error: ValidationError) -> tuple[Finding, ...]:
    problems = error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_FINDINGS]
    pointers = [pointer_to(_existing_part(document, problem["loc"])) for problem in problems]
    lines = lines_of(text, pointers)
    return tuple(
        Finding(
            rule=SCHEMA_RULE,
            severity="error",
            file=name,
            pointer=pointer,
            line=lines.get(pointer, 1),
            message=_schema_message(problem["type"], problem["loc"], problem["msg"]),
        )
        for pointer, problem in zip(pointers, problems, strict=True)
    )


def _schema_message(kind: str, location: tuple[str | int, ...], message: str) -> str:
    member = location[-1] if location else "the document"
    if kind == "missing":
        return f"the field {member!r} is missing; add it"
    if kind == "extra_forbidden":
        return f"the field {member!r} is not known here; remove it or correct its spelling"
    return f"{member}: {message.removeprefix('Value error, ')}"


def _existing_part(document: object, location: tuple[str | int, ...]) -> list[str | int]:
    """Return the part of a location that exists in the document.

    The names of the variants of a union stand in a location, though not in the file; a missing field neither.
    """
    here: list[str | int] = []
    value: Any = document
    for part in location:
        in_object = isinstance(value, dict) and part in value
        in_array = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if in_object or in_array:
            value = value[part]
            here.append(part)
    return here
