"""Lines that name tasks on both sides of a word or an arrow: "T019-T020 before T021", "api needs core"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.drafting.task_headline import plain_title

Direction = Literal["left_first", "right_first"]
RIGHT_FIRST = (
    r"depends?\s+(?:up)?on|dependent\s+(?:up)?on|(?:is\s+|are\s+)?blocked\s+(?:by|on)|requires?|needs?|"
    r"(?:comes?\s+|goes?\s+|starts?\s+|built\s+|can\s+start\s+|must\s+(?:come\s+|follow\s+)?)?after|follows?|waits?\s+(?:for|on)"
)
LEFT_FIRST = (
    r"(?:must\s+)?(?:be\s+)?(?:complete[sd]?|done|finished|land(?:s|ed)?|comes?)?\s*\bbefore\b|blocks?|unblocks?|precedes?|"
    r"(?:is|are)\s+(?:a\s+)?(?:prerequisites?|required|needed)\s+(?:of|for|by)"
)
RELATION = re.compile(
    rf"\*{{0,2}}(?:(?P<right_first>\b(?:{RIGHT_FIRST})\b|<[-=\u2500]+(?!>)|\u2190)|"
    rf"(?P<left_first>(?:\b{LEFT_FIRST}\b)|[-=\u2500]+>|\u2192|\u2794|\u27a1))\*{{0,2}}",
    re.IGNORECASE,
)
ARROW = re.compile(r"[-=\u2500]+>|\u2192|\u2794|\u27a1|<[-=\u2500]+(?!>)|\u2190")
NEGATION = re.compile(r"\b(?:no|not|never|nothing|without|n't|independent(?:ly)?)\b|n't\b", re.IGNORECASE)
RANGE = re.compile(
    r"(?P<prefix>(?:P\d{1,4}\.)?[A-Za-z]{1,10}-?)(?P<first>\d{1,6})\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b)\s*"
    r"(?P=prefix)?(?P<last>\d{1,6})(?![\w.])"
)
IDENTIFIER = re.compile(r"[A-Za-z0-9][\w.-]*\w|[A-Za-z0-9]")
LIST = re.compile(r"\s*(?:,|;|&|\+|\band\b)\s*")
FILLING = re.compile(r"^(?:\s*(?:[-*+]|\d+[.)]|the|task|step|both|work on)\s+)+")
WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
MAX_RANGE = 200
GENERIC = frozenset(
    """
    phase phases story stories user part all the and for with first must complete before after only tasks task
    priority step steps stage work final core main base each every any other initial
    """.split()  # noqa: SIM905 - words read better as text than as a list
)


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sides of a line, by the places of their tasks, and what of it could not be understood."""

    earlier: tuple[int, ...]
    later: tuple[int, ...]
    is_arrow: bool
    start: int
    end: int
    unclear: str | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """A word or an arrow between two sides of a line."""

    direction: Direction
    is_arrow: bool
    start: int
    end: int


class NamedTasks:
    """Finds tasks by id, range, label or title, and groups of tasks by the words of their headings."""

    def __init__(self, names: Mapping[str, Sequence[int]], groups: Mapping[str, Sequence[int]]) -> None:
        self.names: dict[str, tuple[int, ...]] = {
            plain_title(name).casefold(): tuple(places) for name, places in names.items()
        }
        self.groups = _group_names(groups)
        self._longest = sorted(self.names, key=lambda name: (-len(name), name))

    def in_side(self, text: str) -> tuple[tuple[int, ...], str | None]:
        """Return the tasks that a side of a line names, ids before groups and titles; and what is unclear."""
        ids, unclear = self._ids(text)
        if ids or unclear:
            return ids, unclear
        flat = " ".join(WORD.findall(plain_title(text).casefold()))
        for known in (self.groups, self._titles(flat)):
            found = _longest_names(flat, known)
            if found:
                return found, None
        return (), None

    def is_side(self, text: str) -> tuple[tuple[int, ...], str | None]:
        """Return the tasks of a side that is nothing but their names; none where it says more than that."""
        found: list[int] = []
        for part in LIST.split(plain_title(text).casefold()):
            name = FILLING.sub("", part).strip(" .;:!()[]")
            if not name:
                continue
            places = self.names.get(name, ())
            if not places or (len(places) > 1):
                ids, _ = self._ids(name) if RANGE.fullmatch(name) else ((), None)
                if not ids:
                    return (), None
                places = ids
            found += places
        return tuple(dict.fromkeys(found)), None

    def _ids(self, text: str) -> tuple[tuple[int, ...], str | None]:
        found: list[int] = []
        rest = text
        for match in RANGE.finditer(text):
            first, last, width = int(match["first"]), int(match["last"]), len(match["first"])
            if not first < last <= first + MAX_RANGE:
                continue
            members = [f"{match['prefix']}{number:0{width}}".casefold() for number in range(first, last + 1)]
            known = [place for member in members for place in self.names.get(member, ())]
            if known:
                found += known
                rest = rest.replace(match.group(), " ")
        for match in IDENTIFIER.finditer(rest):
            name = match.group()
            places = self.names.get(name.casefold(), ()) if any(mark.isdigit() for mark in name) else ()
            if len(places) > 1:
                return (), name
            found += places
        return tuple(dict.fromkeys(found)), None

    def _titles(self, flat: str) -> dict[str, tuple[int, ...]]:
        return {
            " ".join(WORD.findall(name)): self.names[name]
            for name in self._longest
            if len(name) > 2 and " ".join(WORD.findall(name)) in flat  # noqa: PLR2004 - no title is shorter
        }


def find_relations(
    text: str, named: NamedTasks, start: int = 0, *, exact: bool = False
) -> Iterator[Relation]:
    """Yield what a line says about the order of tasks; `start` is where the line begins in its source.

    A line with a relation of which one side is known and the other is not is yielded as unclear. With
    `exact` both sides must be names of tasks and nothing else: in prose, a word is often just that word.
    """
    side = named.is_side if exact else named.in_side
    steps = _steps(text)
    for number, step in enumerate(steps):
        left_start = steps[number - 1].end if number else 0
        right_end = steps[number + 1].start if number + 1 < len(steps) else len(text)
        left, right = text[left_start : step.start], text[step.end : right_end]
        if NEGATION.search(left) or NEGATION.match(right.lstrip()):
            continue
        (before, unclear_left), (after, unclear_right) = side(left), side(right)
        unclear = unclear_left or unclear_right
        if step.direction == "right_first":
            before, after = after, before
        if unclear or bool(before) != bool(after):
            unclear = unclear or " ".join(text.split())
            yield Relation((), (), step.is_arrow, start, start + len(text), unclear)
        elif before and after:
            yield Relation(before, after, step.is_arrow, start, start + len(text))


def _steps(text: str) -> list[_Step]:
    """Return the words and arrows of a line; `<- depends on` is one of them."""
    found: list[_Step] = []
    for match in RELATION.finditer(text):
        direction: Direction = "right_first" if match["right_first"] else "left_first"
        is_arrow = ARROW.search(match.group()) is not None
        if found and not text[found[-1].end : match.start()].strip(" *_:`"):
            found[-1] = _Step(found[-1].direction, found[-1].is_arrow, found[-1].start, match.end())
        else:
            found.append(_Step(direction, is_arrow, match.start(), match.end()))
    return found


def _group_names(groups: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Return the names of groups: their whole heading, its parts, and each word that no other group has."""
    names: dict[str, tuple[int, ...]] = {}
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for heading in groups:
        for word in dict.fromkeys(WORD.findall(plain_title(heading).casefold())):
            if len(word) > 3 and word not in GENERIC and not word.isdigit():  # noqa: PLR2004 - a telling word
                by_word[word].append(heading)
    for word, headings in by_word.items():
        if len(headings) == 1:
            names[word] = tuple(groups[headings[0]])
    for heading, members in groups.items():
        names[" ".join(WORD.findall(plain_title(heading).casefold()))] = tuple(members)
    return {name: members for name, members in names.items() if name and members}


def _longest_names(flat: str, known: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the tasks of all names in a text; a name inside of a longer one does not count by itself."""
    found: list[int] = []
    rest = f" {flat} "
    for name in sorted(known, key=lambda name: (-len(name), name)):
        if f" {name} " in rest:
            rest = rest.replace(f" {name} ", "  ")
            found += known[name]
    return tuple(dict.fromkeys(found))
