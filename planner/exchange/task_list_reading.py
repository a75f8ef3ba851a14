"""Read a list of tasks line by line: spec-kit in both forms, Kiro and OpenSpec, with their oddities."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from planner.exchange.task_line_reading import (
    ANY_BOX,
    BOXED,
    NUMBERED,
    UNBOXED,
    read_state,
    read_task_line,
    requirements_in,
)
from planner.exchange.task_list import (
    Dialect,
    GroupKind,
    Oddity,
    TaskGroup,
    TaskLine,
    TaskList,
    TextRange,
)
from planner.intake.source_lines import SourceLines, read_lines

HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*$")
FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})")
PHASE = re.compile(
    r"^(?:phase|stage|milestone)\s+(?P<number>\d{1,4}(?:\.\d{1,4})*|[NX])\s*(?:[:.)-]|\u2013|\u2014|$)\s*",
    re.IGNORECASE,
)
PART = re.compile(r"^(?P<number>\d{1,4}(?:\.\d{1,4})*)[.):]?\s+(?=\S)")
STORY_TITLE = re.compile(r"user stor(?:y|ies)\s+#?(?P<number>\d{1,4})", re.IGNORECASE)
PRIORITY = re.compile(r"\(?\bPriority:?\s*(?P<priority>P\d)\b\)?", re.IGNORECASE)
KINDS: tuple[tuple[GroupKind, re.Pattern[str]], ...] = (
    ("foundational", re.compile(r"\b(?:foundational|foundations?|blocking prerequisites?)\b", re.IGNORECASE)),
    ("setup", re.compile(r"\bset ?up\b|\bscaffold", re.IGNORECASE)),
    ("polish", re.compile(r"\b(?:polish|cross-cutting|finali[sz]ation)\b", re.IGNORECASE)),
)
RELATION_HEADING = re.compile(r"\bdependenc|\bexecution order\b|\bimplementation strategy\b", re.IGNORECASE)
NO_TASK_HEADING = re.compile(
    r"\bdependenc|\bexecution order\b|\bparallel\b|\bnotes?\b|\bformat\b|\bconventions?\b|\bstrategy\b|"
    r"\bexecution flow\b|\bgeneration rules\b|\bexamples?\b",
    re.IGNORECASE,
)
INLINE_RELATION = re.compile(r"<-|->|\u2190|\u2192|\u2500>", re.IGNORECASE)
TITLES = re.compile(r"^(?:tasks\b|task list\b|implementation (?:plan|tasks)\s*$)", re.IGNORECASE)
LEAST_TASKS = 2


def task_list_dialect(name: str, text: str) -> Dialect | None:
    """Return in which form a document is a list of tasks, None when it is none.

    It is one when it is called tasks.md, when its title says so, or when it has the phases of such a list;
    and when at least two of its checkboxes have ids.
    """
    lines = _without_fences(read_lines(text))
    boxed = sum(bool(BOXED.match(line)) for line in lines)
    numbered = sum(bool(NUMBERED.match(line)) for line in lines)
    titles = [match["title"] for line in lines if (match := HEADING.match(line))]
    is_called = name.rsplit("/", 1)[-1].lower().split(".")[0] == "tasks" or any(
        TITLES.match(title) for title in titles[:1]
    )
    has_phases = any(PHASE.match(title) for title in titles)
    if boxed >= LEAST_TASKS and (is_called or has_phases):
        return "spec-kit"
    if numbered >= LEAST_TASKS and (is_called or _parts_agree(lines)):
        return "numbered"
    unboxed = sum(bool(UNBOXED.match(line)) for line in lines)
    return "spec-kit" if unboxed >= LEAST_TASKS and is_called and boxed + numbered == 0 else None


def read_task_list(name: str, text: str) -> TaskList | None:
    """Return the list of tasks that a document is, None when it is none. Any text is read."""
    dialect = task_list_dialect(name, text)
    if dialect is None:
        return None
    lines = read_lines(text)
    task = NUMBERED if dialect == "numbered" else BOXED
    if dialect == "spec-kit" and not any(BOXED.match(line) for line in _without_fences(lines)):
        task = UNBOXED
    reading = _Reading(lines, task)
    for number in range(len(lines.starts)):
        reading.take(number)
    return _finished(reading, dialect)


@dataclass(slots=True)
class _Reading:
    """Where the walk over the lines stands."""

    lines: SourceLines
    task: re.Pattern[str]
    groups: list[TaskGroup] = field(default_factory=list)
    tasks: list[TaskLine] = field(default_factory=list)
    relations: list[TextRange] = field(default_factory=list)
    drawn: list[TextRange] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    fence: str = ""
    fence_line: int = 0
    headings: list[tuple[int, str, TextRange]] = field(default_factory=list)
    group_of_heading: dict[int, int] = field(default_factory=dict)

    def take(self, number: int) -> None:
        """Take the next line."""
        line = self.lines[number]
        if not line.strip():
            return
        place = TextRange(number + 1, *self.lines.trimmed(number, number + 1)[:2])
        fence = FENCE.match(line)
        if self.fence:
            if fence and fence["mark"].startswith(self.fence) and not line.strip(" \t`~"):
                self.fence = ""
            elif INLINE_RELATION.search(line):
                self.drawn.append(place)
        elif fence:
            self.fence, self.fence_line = fence["mark"], place.line
        elif heading := HEADING.match(line):
            self._heading(len(heading["marks"]), heading["title"], place)
        else:
            self._text(line, place)

    def _heading(self, level: int, title: str, place: TextRange) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, title, place))

    def _text(self, line: str, place: TextRange) -> None:
        under = [title for _, title, _ in self.headings[1:]] or [title for _, title, _ in self.headings]
        match = self.task.match(line)
        is_task = match is not None and (
            "mark" in match.re.groupindex or not any(NO_TASK_HEADING.search(title) for title in under)
        )
        if match is not None and is_task:
            self.tasks.append(self._task_line(match, line, place))
        elif any(RELATION_HEADING.search(title) for title in under):
            self.relations.append(place)
        elif box := ANY_BOX.match(line):
            self._box_without_id(line, place, len(box["indent"]))
        elif line[:1] in " \t" and self.tasks:
            self._detail(line, place)

    def _detail(self, line: str, place: TextRange) -> None:
        last = self.tasks[-1]
        if self.headings and self.headings[-1][2].line > last.place.line:
            return
        names = (*last.requirements, *requirements_in(line))
        self.tasks[-1] = replace(last, details=(*last.details, place), requirements=names)

    def _box_without_id(self, line: str, place: TextRange, indent: int) -> None:
        if (
            indent
            and self.tasks
            and not (self.headings and self.headings[-1][2].line > self.tasks[-1].place.line)
        ):
            self._detail(line, place)
            return
        message = "this checkbox has no id: it is no task of the list and was left out"
        self.oddities.append(Oddity("box-without-id", place.line, message))

    def _task_line(self, match: re.Match[str], line: str, place: TextRange) -> TaskLine:
        state, oddity = read_state(match.groupdict().get("mark"))
        if oddity:
            self.oddities.append(Oddity(oddity[0], place.line, oddity[1]))
        task = read_task_line(match, line, place, self.lines.starts[place.line - 1])
        section = self.headings[-1][2].line if self.headings else None
        return replace(task, state=state, group=self._group(), section=section)

    def _group(self) -> int | None:
        """Return the group of the open headings: the innermost phase, else the highest below the title."""
        phases = [entry for entry in self.headings if PHASE.match(entry[1]) or STORY_TITLE.match(entry[1])]
        chosen = phases[-1] if phases else next(iter(self.headings[1:] or self.headings), None)
        if chosen is None:
            return None
        line = chosen[2].line
        if line not in self.group_of_heading:
            self.group_of_heading[line] = len(self.groups)
            self.groups.append(_group_of(chosen[1], chosen[2]))
        return self.group_of_heading[line]


def _finished(reading: _Reading, dialect: Dialect) -> TaskList:
    """Return the list that was read."""
    if reading.fence:
        message = "the code block that begins here never ends: everything below it is in it, and no task"
        reading.oddities.append(Oddity("fence-never-ends", reading.fence_line, message))
    parents = _parents(reading.tasks, reading.oddities) if dialect == "numbered" else ()
    over = {parent.place.line for parent in parents}
    tasks = [task for task in reading.tasks if task.place.line not in over]
    counts = Counter(task.id.casefold() for task in tasks)
    for task in tasks:
        times = counts[task.id.casefold()]
        if times > 1:
            message = f"the id {task.id} is used {times} times; each got a number behind it"
            reading.oddities.append(Oddity("id-used-twice", task.place.line, message))
    return TaskList(
        dialect,
        tuple(reading.groups),
        tuple(tasks),
        tuple(reading.relations),
        tuple(reading.drawn),
        parents,
        tuple(sorted(reading.oddities, key=lambda oddity: oddity.line)),
    )


def _parents(tasks: list[TaskLine], oddities: list[Oddity]) -> tuple[TaskLine, ...]:
    """Return the tasks that only stand over others: 2 is the name of 2.1 and 2.2 together."""
    above = {task.id.rsplit(".", 1)[0] for task in tasks if "." in task.id}
    unfinished = {task.id.rsplit(".", 1)[0] for task in tasks if "." in task.id and task.state == "open"}
    for task in tasks:
        if task.state == "done" and task.id in unfinished:
            message = f"{task.id} is ticked and has parts that are not: these are planned"
            oddities.append(Oddity("ticked-over-open", task.place.line, message))
    return tuple(task for task in tasks if task.id in above)


def _group_of(title: str, place: TextRange) -> TaskGroup:
    phase = PHASE.match(title) or PART.match(title)
    number = (
        tuple(int(part) for part in phase["number"].split("."))
        if phase and phase["number"][0].isdigit()
        else ()
    )
    story = STORY_TITLE.search(title)
    priority = PRIORITY.search(title)
    rest = title[phase.end() :] if phase else title
    plain = " ".join(PRIORITY.sub("", rest).replace("**", "").split()) or title
    kind: GroupKind = next((kind for kind, pattern in KINDS if pattern.search(plain)), "phase")
    return TaskGroup(
        title=plain,
        kind="story" if story else kind,
        place=place,
        number=number,
        story=f"US{int(story['number'])}" if story else None,
        priority=priority["priority"].upper() if priority else None,
    )


def _parts_agree(lines: list[str]) -> bool:
    """Return whether the boxes are numbered like the parts they stand in, as OpenSpec does."""
    part = ""
    agreed = found = 0
    for line in lines:
        heading = HEADING.match(line)
        if heading:
            number = PART.match(heading["title"])
            part = number["number"] if number else ""
        elif box := NUMBERED.match(line):
            found += 1
            agreed += bool(part) and box["id"].split(".")[0] == part
    return agreed == found


def _without_fences(lines: SourceLines) -> list[str]:
    fence = ""
    kept: list[str] = []
    for number in range(len(lines.starts)):
        line = lines[number]
        mark = FENCE.match(line)
        if fence:
            if mark and mark["mark"].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif mark:
            fence = mark["mark"]
        else:
            kept.append(line)
    return kept
