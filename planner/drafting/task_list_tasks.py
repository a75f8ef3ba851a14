"""Tasks of a list such as tasks.md: its open lines, in the order that phases, marks and numbers say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from planner.drafting.relation_lines import NamedTasks
from planner.drafting.stated_order import StatedOrder
from planner.drafting.task_headline import Headline, plain_title, shortened
from planner.drafting.task_options import GivenOptions, TaskOptions
from planner.drafting.task_scopes import TaskScope
from planner.drafting.task_seed import ListedTask, TaskSeed
from planner.drafting.task_words import priority_in
from planner.exchange.task_list import TaskLine, TaskList, TextRange
from planner.intake.markdown_outline import Block, Outline
from schemas.dag import Finding

BEHIND_PARALLEL, IN_LIST = 0.75, 0.85
RED_TESTS = re.compile(r"\bfailing (?:\w+ )?tests?\b|\btests? (?:that )?(?:must )?fail", re.IGNORECASE)
NOTHING = re.compile(r"[\s*_`]*")


@dataclass(frozen=True, slots=True)
class ListedTasks:
    """The tasks of a list, their order, what is odd about it, and the ids of those that are done already."""

    seeds: tuple[TaskSeed, ...]
    order: tuple[StatedOrder, ...]
    findings: tuple[Finding, ...]
    settled: frozenset[str]
    named: NamedTasks


def listed_tasks(document: Outline, tasks: TaskList) -> ListedTasks:
    """Return the open tasks of a list."""
    opened = [task for task in tasks.tasks if task.state == "open"]
    ids = _unique_ids([task.id for task in opened])
    headings = {
        block.first_line: number for number, block in enumerate(document.blocks) if block.kind == "heading"
    }
    seeds = tuple(
        _seed(document, tasks, task, identifier, headings)
        for task, identifier in zip(opened, ids, strict=True)
    )
    by_id: dict[str, list[int]] = {}
    for place, task in enumerate(opened):
        by_id.setdefault(task.id, []).append(place)
    groups: dict[str, list[int]] = {}
    for number, group in enumerate(tasks.groups):
        members = [place for place, task in enumerate(opened) if task.group == number]
        phase = f"Phase {'.'.join(map(str, group.number))} " if group.number else ""
        story = group.story or ""
        names = (
            group.title,
            phase.strip(),
            story,
            story.replace("US", "User Story "),
            story and "user stories",
        )
        for name in dict.fromkeys(name for name in names if name):
            groups.setdefault(name, []).extend(members)
    return ListedTasks(
        seeds=seeds,
        order=tuple(_order(tasks, opened)),
        findings=tuple(_findings(document, tasks)),
        settled=frozenset(task.id for task in tasks.tasks if task.state != "open"),
        named=NamedTasks(by_id, groups),
    )


def parallel_findings(
    seeds: Sequence[TaskSeed], ids: Sequence[str], scopes: Sequence[TaskScope]
) -> Iterator[Finding]:
    """Yield for each file that several tasks of a phase name which are marked [P]: the mark is not kept."""
    marked: dict[tuple[int, int | None, str], list[int]] = {}
    for place, (seed, scope) in enumerate(zip(seeds, scopes, strict=True)):
        if seed.listed is not None and seed.listed.parallel:
            for path in dict.fromkeys(scope.exact_files()):
                marked.setdefault((id(seed.document), seed.listed.heading, path), []).append(place)
    for (_, _, path), places in marked.items():
        if len(places) > 1:
            names = ", ".join(ids[place] for place in places)
            message = f"{names} are marked [P] and all name {path}: they do not run at the same time"
            seed = seeds[places[0]]
            yield Finding(
                rule="parallel-mark",
                severity="warning",
                message=message,
                task=ids[places[0]],
                file=seed.document.source.name,
                line=seed.line,
            )


def _unique_ids(ids: Sequence[str]) -> list[str]:
    """Return the ids; those that several tasks have got a number behind them, in the order of the text."""
    counts = Counter(identifier.casefold() for identifier in ids)
    taken = {identifier.casefold() for identifier in ids}
    unique: list[str] = []
    for identifier in ids:
        name, number = identifier, 0
        if counts[identifier.casefold()] > 1:
            while name.casefold() in taken:
                number += 1
                name = f"{identifier}-{number}"
            taken.add(name.casefold())
        unique.append(name)
    return unique


def _seed(
    document: Outline, tasks: TaskList, task: TaskLine, identifier: str, headings: dict[int, int]
) -> TaskSeed:
    group = tasks.groups[task.group] if task.group is not None else None
    title = shortened(plain_title(task.text)) or task.id
    text_end = task.place.end
    texts = (
        _line(document, TextRange(task.place.line, min(task.text_start, text_end - 1), text_end)),
        *(_line(document, place) for place in task.details),
    )
    priority = priority_in(f"priority: {group.priority}") if group is not None and group.priority else None
    options = TaskOptions(id=identifier, optional=True if task.optional else None, priority=priority)
    story = "+".join(task.stories) or (group.story if group is not None else None)
    label = " ".join(f"[{label}]" for label in task.labels)
    return TaskSeed(
        document=document,
        owner=None,
        headline=Headline(title=f"{label} {title}".strip(), label=task.id),
        quotes=((task.place.start, task.place.end),),
        given=GivenOptions(options=options),
        description="\n".join(block.text for block in texts if NOTHING.fullmatch(block.text) is None),
        listed=ListedTask(
            texts=texts,
            heading=headings.get(group.place.line) if group is not None else None,
            phase=group.title if group is not None else None,
            story=story,
            parallel=task.parallel,
            requirements=task.requirements,
            beside=tuple(
                parent.place.line for parent in tasks.parents if task.id.startswith(f"{parent.id}.")
            ),
        ),
    )


def _line(document: Outline, place: TextRange) -> Block:
    text = document.source.text[place.start : place.end]
    return Block(
        kind="item",
        start=place.start,
        end=place.end,
        first_line=place.line,
        last_line=place.line,
        text=text,
        text_starts=(place.start,),
    )


def _order(tasks: TaskList, opened: Sequence[TaskLine]) -> Iterator[StatedOrder]:
    """Yield what the form of the list says: numbers one after the other, or phases as barriers."""
    if tasks.dialect == "numbered":
        yield from _numbered(opened)
        return
    ends: list[int] = []
    of_stories: list[int] = []
    for group, members in groupby(range(len(opened)), key=lambda place: opened[place].group):
        runs = _runs(opened, list(members))
        for earlier, later in pairwise(runs):
            yield from _in_group(opened, earlier, later)
        is_story = group is not None and tasks.groups[group].kind == "story"
        before = ends if is_story else of_stories or ends
        if group is not None:
            yield from _barrier(tasks, group, before, runs[0])
        if is_story:
            of_stories += runs[-1]
        else:
            ends, of_stories = runs[-1], []


def _runs(opened: Sequence[TaskLine], members: Sequence[int]) -> list[list[int]]:
    """Return tasks that follow one another: each by itself, those marked [P] in a row together.

    A heading inside of a phase, as `Implementation` behind `Tests`, ends the row.
    """
    runs: list[list[int]] = []
    for place in members:
        last = opened[runs[-1][0]] if runs else None
        task = opened[place]
        if last is not None and task.parallel and last.parallel and task.section == last.section:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _in_group(
    opened: Sequence[TaskLine], earlier: Sequence[int], later: Sequence[int]
) -> Iterator[StatedOrder]:
    for place in later:
        parallel = opened[place].parallel
        reason = (
            "{later} stands behind {earlier}, which is not marked [P]"
            if parallel
            else "{later} is not marked [P] and stands behind {earlier}"
        )
        if parallel and opened[earlier[0]].parallel:
            reason = "{later} stands below the next heading of its phase, behind {earlier}"
        confidence = BEHIND_PARALLEL if parallel else IN_LIST
        where = opened[place].place
        for before in earlier:
            yield StatedOrder(
                before,
                place,
                "sequential",
                reason,
                confidence,
                is_hard=True,
                start=where.start,
                end=where.end,
            )


def _barrier(
    tasks: TaskList, group: int, before: Sequence[int], first: Sequence[int]
) -> Iterator[StatedOrder]:
    heading = tasks.groups[group]
    reason = (
        "{later} is in the phase "
        + heading.title.replace("{", "(").replace("}", ")")
        + ", after that of {earlier}"
    )
    for place in first:
        for earlier in before:
            yield StatedOrder(
                earlier,
                place,
                "sequential",
                reason,
                IN_LIST,
                is_hard=True,
                start=heading.place.start,
                end=heading.place.end,
            )


def _numbered(opened: Sequence[TaskLine]) -> Iterator[StatedOrder]:
    """Yield each task after the one before it; an optional one holds up nobody."""
    last: int | None = None
    for place, task in enumerate(opened):
        if last is not None:
            reason = f"the list numbers {{later}} after {{earlier}}: {task.id}"
            yield StatedOrder(
                last,
                place,
                "sequential",
                reason,
                IN_LIST,
                is_hard=True,
                start=task.place.start,
                end=task.place.end,
            )
        if not task.optional:
            last = place


def _findings(document: Outline, tasks: TaskList) -> Iterator[Finding]:
    for task in tasks.tasks:
        if task.state == "done":
            message = f"{task.id} is ticked: it is taken as done and is no task"
            yield _finding(document, "already-ticked", task.place.line, message)
    for oddity in tasks.oddities:
        yield _finding(document, oddity.rule, oddity.line, oddity.message)
    red = [task for task in tasks.tasks if task.state == "open" and RED_TESTS.search(task.text)]
    if red:
        message = (
            f"{len(red)} tasks write tests that fail at first, and nothing lands that turns a check red: "
            "let each come with what makes it pass, or mark the tests as expected to fail"
        )
        yield _finding(document, "red-tests", red[0].place.line, message)


def _finding(document: Outline, rule: str, line: int, message: str) -> Finding:
    return Finding(rule=rule, severity="warning", message=message, file=document.source.name, line=line)
