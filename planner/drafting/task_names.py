"""What a task can be called by: its id, its label, its number or its title."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.drafting.task_headline import plain_title
from planner.drafting.task_seed import Series

NUMBER = re.compile(
    r"(?:(?:step|task|phase|stage|part)\s+)?#?(?P<number>\d{1,6}(?:\.\d{1,6})*)", re.IGNORECASE
)
GIVEN_ID = re.compile(r"P\d+\.(?P<short>T\d+)")


@dataclass(frozen=True, slots=True)
class NamedTask:
    """The names of one task of the plan; `document` is the number of the document it is from."""

    id: str
    document: int
    title: str
    label: str | None = None
    series: Series = ()
    number: tuple[int, ...] = ()
    section: tuple[int, ...] = ()
    """The number of the heading that it is, such as 3 for `## 3. Token issuing`: a name, and no order."""

    @property
    def short_id(self) -> str:
        """T003 for the id P1.T003; any other id as it is."""
        given = GIVEN_ID.fullmatch(self.id)
        return given["short"] if given else self.id


class TaskNames:
    """Finds tasks by what a document calls them; names of the same document come first.

    `short_ids` says that T003 may stand for P1.T003: not where documents have numbers like that of their own.
    """

    def __init__(self, tasks: Sequence[NamedTask], *, short_ids: bool = True) -> None:
        self.tasks = tuple(tasks)
        self._by_kind: tuple[dict[str, list[int]], ...] = (
            _index((task.id, place) for place, task in enumerate(tasks)),
            _index((task.label, place) for place, task in enumerate(tasks) if task.label),
            _index((task.short_id, place) for place, task in enumerate(tasks) if short_ids),
            _index((task.title, place) for place, task in enumerate(tasks)),
        )
        self._by_number: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for place, task in enumerate(tasks):
            if task.number:
                self._by_number[task.number].append(place)
        self._by_section: defaultdict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        for place, task in enumerate(tasks):
            if task.section:
                self._by_section[task.document, task.section].append(place)
        self.titles_by_first_word: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for place, task in enumerate(tasks):
            title = _key(task.title)
            if title:
                self.titles_by_first_word[title.split()[0]].append((title, place))

    def named(self, name: str, asking: int) -> tuple[int, ...]:
        """Return the tasks that an id, a label or a title can mean: none, one, or several."""
        for index in self._by_kind:
            found = self._nearest(index.get(_key(name), ()), asking)
            if found:
                return found
        return ()

    def numbered(self, number: tuple[int, ...], asking: int) -> tuple[int, ...]:
        """Return the tasks that a number can mean, those of the asking task's own series first."""
        found = self._by_number.get(number, ())
        own = tuple(place for place in found if self.tasks[place].series == self.tasks[asking].series)
        return own or tuple(
            place for place in found if self.tasks[place].document == self.tasks[asking].document
        )

    def in_section(self, number: tuple[int, ...], asking: int) -> tuple[int, ...]:
        """Return the tasks that are the numbered section of the asking task's document."""
        return tuple(self._by_section.get((self.tasks[asking].document, number), ()))

    def meant(self, reference: str, asking: int) -> tuple[int, ...]:
        """Return the tasks that an element of `after` can mean: a name first, else a number."""
        found = self.named(reference, asking)
        number = NUMBER.fullmatch(reference.strip())
        if found or number is None:
            return found
        return self.numbered(parts_of(number["number"]), asking)

    def similar(self, reference: str) -> tuple[str, ...]:
        """Return ids and titles that look like a reference, for advice."""
        known = [name for task in self.tasks for name in (task.id, task.title)]
        return tuple(difflib.get_close_matches(reference, known, n=2))

    def _nearest(self, found: Iterable[int], asking: int) -> tuple[int, ...]:
        places = tuple(found)
        own = tuple(place for place in places if self.tasks[place].document == self.tasks[asking].document)
        return own or places


def parts_of(number: str) -> tuple[int, ...]:
    """Return a number such as 1.2 as its parts."""
    return tuple(int(part) for part in number.split("."))


def _key(name: str) -> str:
    return plain_title(name).casefold()


def _index(names: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    index: defaultdict[str, list[int]] = defaultdict(list)
    for name, place in names:
        index[_key(name)].append(place)
    return dict(index)
