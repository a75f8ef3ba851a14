"""Tasks of a runbook: a heading or a list item with an acting fence is one (design: documents that act)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.drafting.acting_fences import ActingFence
from planner.drafting.task_criteria import criteria_in
from planner.drafting.task_headline import read_headline
from planner.drafting.task_options import GivenOptions, read_task_options
from planner.drafting.task_owners import bodies_of, places_of
from planner.drafting.task_seed import TaskSeed, numbering
from planner.intake.markdown_outline import Outline
from schemas.dag import Finding
from schemas.errors import InvalidArguments

MAKES_A_TASK = frozenset(("run", "apply", "task"))


@dataclass(frozen=True, slots=True)
class FenceOwners:
    """Which fences belong to which task, and which to the plan."""

    tasks: Mapping[int, tuple[ActingFence, ...]] = field(default_factory=dict)
    plan: tuple[ActingFence, ...] = ()
    findings: tuple[Finding, ...] = ()


def assign_fences(document: Outline, fences: Sequence[ActingFence]) -> FenceOwners:
    """Return the tasks that the acting fences make, by the heading or item that each stands in.

    A heading with nothing but checks belongs to the task it stands in. `sh setup` and `sh verify` are the
    plan's, unless a task around them begins before.

    Raises:
        InvalidArguments: a fence stands before any heading, or a `sh setup` in a task.
    """
    nearest = {fence.block: next(places_of(document, fence.block), None) for fence in fences}
    makers = {nearest[fence.block] for fence in fences if fence.action in MAKES_A_TASK}
    for fence in fences:  # checks by themselves are a task too, if no task is around them
        if fence.action == "check" and not makers.intersection(places_of(document, fence.block)):
            makers.add(nearest[fence.block])
    tasks: defaultdict[int, list[ActingFence]] = defaultdict(list)
    plan: list[ActingFence] = []
    findings: list[Finding] = []
    for fence in fences:
        owner = next((place for place in places_of(document, fence.block) if place in makers), None)
        if fence.action == "plan" or (
            fence.action in ("setup", "verify") and _is_plan_level(document, owner)
        ):
            plan.append(fence)
        elif owner is None:
            raise InvalidArguments(
                f"{document.source.name}:{fence.line}: this fence stands before any heading, in no task",
                hint="give the task a heading above it",
            )
        else:
            tasks[owner].append(fence_in_task(document, fence, findings))
    return FenceOwners({owner: tuple(found) for owner, found in tasks.items()}, tuple(plan), tuple(findings))


def runbook_tasks(document: Outline, tasks: Mapping[int, tuple[ActingFence, ...]]) -> tuple[TaskSeed, ...]:
    """Return the tasks of a runbook in the order of the text.

    Raises:
        InvalidArguments: a `yaml task` cannot be used, or fences of one task contradict each other.
    """
    bodies = bodies_of(document, tasks)
    return tuple(
        task_of_fences(document, owner, tasks[owner], bodies.get(owner, ())) for owner in sorted(tasks)
    )


def _is_plan_level(document: Outline, owner: int | None) -> bool:
    """Return whether a setup or verify is the plan's: outside of tasks, or right under the title."""
    headings = (number for number, block in enumerate(document.blocks) if block.kind == "heading")
    return owner is None or owner == next(headings, None)


def fence_in_task(document: Outline, fence: ActingFence, findings: list[Finding]) -> ActingFence:
    """Return a fence as what it is in a task: `sh verify` is a check there; a finding says so.

    Raises:
        InvalidArguments: it prepares the whole plan.
    """
    if fence.action == "setup":
        raise InvalidArguments(
            f"{document.source.name}:{fence.line}: `sh setup` stands in a task, and prepares the whole plan",
            hint="put it before the first task, or these lines into the task's `sh run`",
        )
    if fence.action != "verify":
        return fence
    message = "`sh verify` in a task is taken as its `sh check`; before the first task it is the plan's"
    findings.append(
        Finding(
            rule="verify-in-task",
            severity="warning",
            message=message,
            file=document.source.name,
            line=fence.line,
        )
    )
    return ActingFence("check", fence.block, fence.line, fence.text)


def task_of_fences(
    document: Outline, owner: int, fences: tuple[ActingFence, ...], body: tuple[int, ...]
) -> TaskSeed:
    """Return the task that a heading or list item is, with the fences and blocks that belong to it.

    Raises:
        InvalidArguments: a `yaml task` cannot be used, or the fences contradict each other.
    """
    block = document.blocks[owner]
    headline = read_headline(block.text)
    if not headline.title:
        raise InvalidArguments(
            f"{document.source.name}:{block.first_line}: this task has no title",
            hint="write into the heading or the list item what is to be done",
        )
    options = [fence for fence in fences if fence.action == "task"]
    _check_fences(document, fences, options)
    given = read_task_options(document, options[0]) if options else GivenOptions()
    _check_executor(document.source.name, fences, given)
    series, number = numbering(document, owner, headline)
    quote = (block.start, block.end) if block.kind == "heading" else block.place(0, len(block.text))
    return TaskSeed(
        document=document,
        owner=owner,
        headline=headline,
        quotes=(quote,),
        body=body,
        fences=fences,
        given=given,
        criteria=criteria_in(document, body),
        series=series,
        number=number,
    )


def _check_fences(document: Outline, fences: Sequence[ActingFence], options: Sequence[ActingFence]) -> None:
    name = document.source.name
    if len(options) > 1:
        raise InvalidArguments(
            f"{name}:{options[1].line}: a second `yaml task` fence in one task",
            hint=f"put its keys into the first one, at line {options[0].line}",
        )
    runs = [fence for fence in fences if fence.action == "run"]
    patches = [fence for fence in fences if fence.action == "apply"]
    if runs and patches:
        later = max(runs[0].line, patches[0].line)
        raise InvalidArguments(
            f"{name}:{later}: one task has both `sh run` and `diff apply`", hint="make two tasks of it"
        )


def _check_executor(name: str, fences: Sequence[ActingFence], given: GivenOptions) -> None:
    acting = [fence for fence in fences if fence.action in {"run", "apply"}]
    if given.options.executor is not None and acting:
        raise InvalidArguments(
            f"{name}:{given.lines['executor']}: `executor: {given.options.executor}`, "
            f"and the task has a fence that does it (line {acting[0].line})",
            hint="keep one of the two",
        )
