"""A list of issues as JSON: what `tasks export --format github-issues` writes, or GitHub's own programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.draft import SourceText
from planner.storage.json_positions import lines_of, string_places
from schemas.errors import InvalidArguments

FIELDS = "number,title,body,labels,state"
HINT = f"import what `gh issue list --json {FIELDS}` or `tasks export --format github-issues` prints"
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
STATES = ("open", "closed")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: `pointer` says which one of the list, the places where the strings of the file stand."""

    pointer: str
    title: str
    title_place: tuple[int, int]
    body: str
    body_place: tuple[int, int]
    number: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueList:
    """The open issues of a file, and how much of it is no work that is left."""

    issues: tuple[Issue, ...]
    closed: int = 0
    pull_requests: int = 0


def looks_like_issues(text: str) -> bool:
    """Return whether a text begins as a JSON list of objects does."""
    return re.match(r"\s*\[\s*(?:\{|\]\s*$)", text) is not None


def read_issue_list(source: SourceText) -> IssueList:
    """Return the issues of a file.

    Raises:
        InvalidArguments: it is no JSON list of issues; with file, line and JSON pointer.
    """
    listed = _parsed(source)
    pointers = [f"/{place}" for place in range(len(listed))]
    _Fields(source).check_all(zip(pointers, listed, strict=True))
    opened = [
        (pointer, item)
        for pointer, item in zip(pointers, listed, strict=True)
        if str(item.get("state") or "open").lower() == "open" and not item.get("pull_request")
    ]
    pulls = sum(bool(item.get("pull_request")) for item in listed)
    places = string_places(
        source.text, [f"{pointer}/{key}" for pointer, _ in opened for key in ("title", "body")]
    )
    issues = tuple(_issue(pointer, item, places) for pointer, item in opened)
    return IssueList(issues, len(listed) - len(issues) - pulls, pulls)


def _parsed(source: SourceText) -> list[Any]:
    try:
        listed = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise InvalidArguments(
            f"{source.name}:{error.lineno}: not valid JSON: {error.msg} (column {error.colno})", hint=HINT
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidArguments(f"{source.name}: not usable as JSON: {error}", hint=HINT) from error
    if not isinstance(listed, list):
        raise InvalidArguments(f"{source.name}:1: this is no list of issues", hint=HINT)
    return listed


@dataclass(frozen=True, slots=True)
class _Fields:
    """Checks what the issues of a file say."""

    source: SourceText

    def check_all(self, issues: Iterator[tuple[str, Any]]) -> None:
        numbers: dict[int, str] = {}
        for pointer, issue in issues:
            if not isinstance(issue, dict):
                raise self._wrong(pointer, "an issue must be an object with a title")
            self._check(pointer, issue)
            number = issue.get("number")
            other = numbers.setdefault(number, pointer) if number is not None else pointer
            if other != pointer:
                raise self._wrong(f"{pointer}/number", f"the issue {number} is there already, at {other}")

    def _check(self, pointer: str, issue: dict[str, Any]) -> None:
        title, number = issue.get("title"), issue.get("number")
        if "title" not in issue:
            raise self._wrong(pointer, "the issue has no `title`")
        if not isinstance(title, str) or not title.strip():
            raise self._wrong(f"{pointer}/title", "`title` must be a text that says what is to be done")
        if not isinstance(issue.get("body"), str | None):
            raise self._wrong(f"{pointer}/body", "`body` must be a text or null")
        if number is not None and (type(number) is not int or not 0 < number < 10**9):
            raise self._wrong(f"{pointer}/number", "`number` must be a number from 1")
        if str(issue.get("state") or "open").lower() not in STATES:
            raise self._wrong(f"{pointer}/state", f"`state` must be one of {', '.join(STATES)}")
        labels = issue.get("labels")
        if labels is not None and (not isinstance(labels, list) or None in map(_label, labels)):
            raise self._wrong(
                f"{pointer}/labels", "`labels` must be a list of names, or of objects with a name"
            )
        for key in ("title", "body"):
            if HALF_CHARACTER.search(issue.get(key) or ""):
                raise self._wrong(f"{pointer}/{key}", f"`{key}` holds half a Unicode character")

    def _wrong(self, pointer: str, what: str) -> InvalidArguments:
        line = lines_of(self.source.text, [pointer]).get(pointer, 1)
        return InvalidArguments(f"{self.source.name}:{line} {pointer}: {what}", hint=HINT)


def _label(label: object) -> str | None:
    name = label.get("name") if isinstance(label, dict) else label
    return name if isinstance(name, str) else None


def _issue(pointer: str, item: dict[str, Any], places: dict[str, tuple[int, int]]) -> Issue:
    labels: Sequence[object] = item.get("labels") or ()
    return Issue(
        pointer=pointer,
        title=item["title"],
        title_place=places[f"{pointer}/title"],
        body=item.get("body") or "",
        body_place=places.get(f"{pointer}/body", (0, 0)),
        number=item.get("number"),
        labels=tuple(name for label in labels if (name := _label(label)) is not None),
    )
