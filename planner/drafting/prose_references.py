"""References to other tasks in prose: "depends on T003", "after step 2", "blocked by Add the parser"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from planner.drafting.sentences import sentences
from planner.drafting.task_names import TaskNames, parts_of
from planner.drafting.task_seed import ISSUES

ReferenceKind = Literal["needs", "needed_by", "mentions", "ambiguous", "unknown"]
Counted = Literal["", "tasks", "sections"]
NEEDS = (
    r"depend(?:s|ing|ent)?\s+(?:up)?on|blocked\s+(?:by|on)|requires?|needs|after|following|"
    r"waits?\s+(?:for|on)"
)
NEEDED_BY = r"blocks|unblocks|(?:required|needed)\s+(?:by|for)|(?:a\s+)?prerequisite\s+(?:of|for)"
KEYWORD = re.compile(rf"\b(?:(?P<needs>{NEEDS})|(?P<needed_by>{NEEDED_BY}))(?:\s*:)?\s+", re.IGNORECASE)
EVERYTHING_ABOVE = re.compile(
    rf"\b(?:{NEEDS}|once|when)\s+(?P<what>(?:everything|all(?:\s+of)?(?:\s+the)?(?:\s+(?:tasks|steps|items|work))?)\s+above)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|never|no longer|nor|n't|without|nothing)\s+(?:\w+\s+)?$|n't\s+$", re.IGNORECASE
)
BETWEEN = re.compile(r"(?:\s*(?:,|;|&|\+|/)\s*|\s+)?(?:(?:and|the|both|also|or|on|upon)\s+)*", re.IGNORECASE)
COUNTED = re.compile(
    r"(?:(?P<word>steps?|tasks?|phases?|stages?|parts?|(?P<section>sections?|chapters?))\s+#?|(?P<mark>#)|(?P<sign>\u00a7\u00a7?)\s?)(?P<number>\d{1,6}(?:\.\d{1,6})*)(?![\w.]*\w)",
    re.IGNORECASE,
)
BARE_NUMBER = re.compile(r"#?(?P<number>\d{1,6}(?:\.\d{1,6})*)(?![\w.]*\w)")
RANGE = re.compile(r"\s*(?:-|\u2013|\u2014|to|through)\s*#?(?P<number>\d{1,6})(?![\w.]*\w)")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]")
ID_RANGE = re.compile(
    r"(?P<prefix>(?:P\d{1,4}\.)?[A-Z][A-Za-z]{0,9})(?P<first>\d{2,6})\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b)\s*"
    r"(?P=prefix)?(?P<last>\d{2,6})(?!\w)"
)
LIKE_AN_ID = re.compile(r"(?:P\d{1,4}\.)?T\d{2,4}[a-z]?")
QUOTED = re.compile(r"(?P<mark>`|\*\*|\"|\u201c|'|\*|_)(?P<name>[^`\"\u201d*\n]{1,200}?)(?:(?P=mark)|\u201d)")
BEFORE_THE_KEYWORD = re.compile(
    r"\s+(?:(?:is|are|be|must|may|can|cannot|should|shall|will|only|start|begin|happen|run|come|done)\s+)*",
    re.IGNORECASE,
)
FILLING = re.compile(r"(?:(?:the|both)\s+)*", re.IGNORECASE)
OF_ANOTHER_TEXT = re.compile(r"\s+(?:of|in)\s")
MAX_RANGE = 100
ONLY_OF_TASKS = re.compile(r"depend|blocked|wait|(?:a\s+)?prerequisite", re.IGNORECASE)
REST_OF_A_SENTENCE = re.compile(r"[\s.;:!)\]*_]*")


@dataclass(frozen=True, slots=True)
class ProseReference:
    """What a sentence says about another task: `task` is its place in the plan, None when that is not sure.

    `start` and `end` are the range of the sentence's part that says so, `name` is what it calls the task.
    """

    kind: ReferenceKind
    start: int
    end: int
    name: str
    task: int | None = None
    candidates: tuple[int, ...] = ()
    subject: int | None = None
    """Whom the sentence is about where it names that: "Step 4 depends on step 2", wherever it stands."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One reference after a keyword: where it ends, what it is called and what it can mean.

    `counted` says what a bare number behind it counts.
    """

    end: int
    names: tuple[tuple[str, tuple[int, ...]], ...]
    counted: Counted = ""
    is_sure: bool = True


def find_references(text: str, asking: int, names: TaskNames) -> Iterator[ProseReference]:
    """Yield what a text of the task `asking` says about other tasks; a negated sentence says nothing."""
    flat = text.replace("\n", " ")
    said: set[tuple[int, int]] = set()
    for start, end in sentences(flat):
        yield from _all_above(flat, (start, end), asking, names)
        for keyword in KEYWORD.finditer(flat, start, end):
            if NEGATION.search(flat, start, keyword.start()):
                said.add((keyword.start(), end))
                continue
            kind: ReferenceKind = "needs" if keyword["needs"] else "needed_by"
            subject = _subject(flat, start, keyword.start(), asking, names)
            about = asking if subject is None else subject
            reached = keyword.end()
            for found in _after_keyword(flat[:end], keyword, kind, about, names):
                reached = found.end
                yield replace(found, subject=subject)
            said.add((keyword.start() if subject is None else start, reached))
        yield from _mentions(flat, (start, end), asking, names, said)


def _all_above(
    flat: str, sentence: tuple[int, int], asking: int, names: TaskNames
) -> Iterator[ProseReference]:
    """Yield all tasks above the asking one in its document where the sentence waits for everything above."""
    match = EVERYTHING_ABOVE.search(flat, *sentence)
    if match is None or NEGATION.search(flat, sentence[0], match.start()):
        return
    document = names.tasks[asking].document
    for place in range(asking):
        if names.tasks[place].document == document:
            yield ProseReference("needs", match.start(), match.end(), match["what"], place)


def _after_keyword(
    flat: str, keyword: re.Match[str], kind: ReferenceKind, asking: int, names: TaskNames
) -> Iterator[ProseReference]:
    """Yield the references of the list behind a keyword.

    A plain word such as `base` is sure to be a task where the sentence says what is waited for and names
    nothing but tasks: "Depends on base." and not "depends on base classes".
    """
    listed: list[_Found] = []
    position, end = keyword.end(), keyword.end()
    counted: Counted = ""
    while True:
        between = BETWEEN.match(flat, position)
        begin = between.end() if between else position
        found = _reference_at(flat, begin, asking, names, counted=counted)
        if found is None:
            break
        listed.append(found)
        position = end = found.end
        counted = found.counted
    says_no_more = ONLY_OF_TASKS.match(keyword.group()) and REST_OF_A_SENTENCE.fullmatch(flat, end)
    for found in listed:
        sure = found if says_no_more is None else replace(found, is_sure=True)
        for name, candidates in found.names:
            yield _as_reference(kind, keyword.start(), sure, name, candidates, asking)


def _subject(flat: str, start: int, end: int, asking: int, names: TaskNames) -> int | None:
    """Return the task that is the subject of a sentence, if it stands alone before the keyword."""
    filling = FILLING.match(flat, start, end)
    found = _reference_at(flat[:end], filling.end() if filling else start, asking, names, counted="")
    if found is None or not found.is_sure or len(found.names) != 1:
        return None
    candidates = found.names[0][1]
    is_whole = BEFORE_THE_KEYWORD.fullmatch(flat, found.end, end) is not None
    return candidates[0] if is_whole and len(candidates) == 1 else None


def _as_reference(
    kind: ReferenceKind, start: int, found: _Found, name: str, candidates: tuple[int, ...], asking: int
) -> ProseReference:
    others = tuple(place for place in candidates if place != asking)
    if len(others) == 1:
        sure = kind if found.is_sure else "mentions"
        return ProseReference(sure, start, found.end, name, others[0])
    unsure: ReferenceKind = "ambiguous" if others or candidates else "unknown"
    return ProseReference(unsure, start, found.end, name, None, others)


def _reference_at(flat: str, at: int, asking: int, names: TaskNames, *, counted: Counted) -> _Found | None:
    number = COUNTED.match(flat, at) or (BARE_NUMBER.match(flat, at) if counted else None)
    if number:
        groups = number.groupdict()
        is_new = groups.get("word") or groups.get("sign") or groups.get("mark")
        is_section = groups.get("section") or groups.get("sign")
        what: Counted = counted if not is_new else "sections" if is_section else "tasks"
        return _numbers(flat, number, asking, names, what)
    quoted = QUOTED.match(flat, at)
    if quoted:
        candidates = names.named(quoted["name"], asking)
        return _Found(quoted.end(), ((quoted["name"], candidates),)) if candidates else None
    ids = ID_RANGE.match(flat, at)
    if ids:
        return _id_range(ids, asking, names)
    title = _title_at(flat, at, names)
    identifier = IDENTIFIER.match(flat, at)
    if identifier and (title is None or title.end < identifier.end()):
        name = identifier.group()
        candidates = _by_id(name, asking, names)
        if candidates or LIKE_AN_ID.fullmatch(name):
            # An id such as `base` may be just that word; `SUB` or `Login` is spelled like nothing else.
            plain_word = name.isalpha() and name.islower()
            return _Found(identifier.end(), ((name, candidates),), is_sure=not plain_word)
    return title


def _id_range(match: re.Match[str], asking: int, names: TaskNames) -> _Found:
    """Return the tasks of a range such as T004-T009; a number without a task is passed over."""
    first, last, width = int(match["first"]), int(match["last"]), len(match["first"])
    every = [
        f"{match['prefix']}{number:0{width}}" for number in range(first, min(last, first + MAX_RANGE) + 1)
    ]
    known = tuple((name, found) for name in every if (found := _by_id(name, asking, names)))
    return _Found(match.end(), known or ((match.group(), ()),))


def _numbers(
    flat: str, match: re.Match[str], asking: int, names: TaskNames, counted: Counted
) -> _Found | None:
    if match.groupdict().get("word") and names.tasks[asking].series == ISSUES:
        return None  # "step 2" of something is not the issue #2
    number = parts_of(match["number"])
    last = RANGE.match(flat, match.end()) if len(number) == 1 else None
    numbers = [number]
    if last and number[0] < int(last["number"]) <= number[0] + MAX_RANGE:
        numbers = [(value,) for value in range(number[0], int(last["number"]) + 1)]
    named = names.in_section if counted == "sections" else names.numbered
    found = tuple((match.group().strip(), named(value, asking)) for value in numbers)
    end = last.end() if last else match.end()
    if counted == "sections":
        known = tuple(item for item in found if item[1])
        return _Found(end, known, counted) if known and not OF_ANOTHER_TEXT.match(flat, end) else None
    if match.group().startswith("#") and not any(candidates for _, candidates in found):
        return None  # the number of an issue somewhere else
    return _Found(end, found, counted)


def _by_id(name: str, asking: int, names: TaskNames) -> tuple[int, ...]:
    """Return the tasks with this id or label; a word that happens to be a title is left to the titles."""
    return tuple(
        place
        for place in names.named(name, asking)
        if name in (names.tasks[place].id, names.tasks[place].label, names.tasks[place].short_id)
    )


def _title_at(flat: str, at: int, names: TaskNames) -> _Found | None:
    """Return the longest title that stands here; one that is a single word may be just that word."""
    rest = flat[at : at + 400].casefold()
    first = rest.split(maxsplit=1)[0] if rest.strip() and not rest[0].isspace() else ""
    matching = [
        (title, place)
        for word in {first, first.rstrip(".,;:!?)")}
        for title, place in names.titles_by_first_word.get(word, ())
        if rest.startswith(title) and not rest[len(title) : len(title) + 1].isalnum()
    ]
    if not matching:
        return None
    longest = max(len(title) for title, _ in matching)
    places = tuple(sorted({place for title, place in matching if len(title) == longest}))
    name = flat[at : at + longest]
    return _Found(at + longest, ((name, places),), is_sure=" " in name or _is_a_name(name, names, places))


def _is_a_name(word: str, names: TaskNames, places: tuple[int, ...]) -> bool:
    """Return whether a single word is written as the title: `Login` is the task, `login` may be any."""
    return word[:1].isupper() and all(word == names.tasks[place].title for place in places)


def _mentions(
    flat: str, sentence: tuple[int, int], asking: int, names: TaskNames, said: set[tuple[int, int]]
) -> Iterator[ProseReference]:
    """Yield the ids and labels that stand in a sentence without a word that says what they are for."""
    for match in IDENTIFIER.finditer(flat, *sentence):
        if any(start <= match.start() < end for start, end in said):
            continue
        if match.group().isalpha():
            continue  # an id that is a plain word may be just that word
        candidates = _by_id(match.group(), asking, names)
        if len(candidates) == 1 and candidates[0] != asking:
            yield ProseReference("mentions", match.start(), match.end(), match.group(), candidates[0])
