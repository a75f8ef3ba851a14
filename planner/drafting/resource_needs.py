"""Which resources the tasks of the documents need, and what these resources are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.drafting.precedence_reach import PrecedenceReach
from planner.drafting.task_scopes import TaskScope
from planner.drafting.task_seed import Range, TaskSeed
from schemas.errors import InvalidArguments
from schemas.identifiers import slug_with_hash
from schemas.tasks import SharedResource

ONE_AFTER_THE_OTHER = "sequential_only"


@dataclass(frozen=True, slots=True)
class ResourceNeed:
    """A task's need for a resource: its place in the plan, how much, and where its document says so."""

    task: int
    units: int
    exclusive: bool
    place: Range


@dataclass(slots=True)
class ResourceNeeds:
    """The resources by name, and the needs for each in the order of the plan; `of_task` has them by task."""

    resources: dict[str, SharedResource] = field(default_factory=dict)
    needs: defaultdict[str, list[ResourceNeed]] = field(default_factory=lambda: defaultdict(list))

    of_task: defaultdict[int, dict[str, ResourceNeed]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, name: str, need: ResourceNeed) -> None:
        """Note that a task needs a resource."""
        self.needs[name].append(need)
        self.of_task[need.task][name] = need

    def exclusive_of(self, task: int) -> tuple[str, ...]:
        """Return the names of the resources that a task needs alone."""
        return tuple(name for name, need in self.of_task[task].items() if need.exclusive)

    def shared_of(self, task: int) -> dict[str, int]:
        """Return how much a task needs of the limited resources."""
        return {name: need.units for name, need in self.of_task[task].items() if not need.exclusive}


def stated_needs(
    seeds: Sequence[TaskSeed],
    declared: Mapping[str, SharedResource],
    surveyed: Mapping[str, SharedResource],
) -> ResourceNeeds:
    """Return the resources that are declared or named, and which task needs how much of them.

    Raises:
        InvalidArguments: `shared` names a resource without a capacity, or `exclusive` one that has several.
    """
    found = ResourceNeeds(resources=dict(declared))
    for task, seed in enumerate(seeds):
        for name in dict.fromkeys(seed.options.exclusive):
            resource = found.resources.get(name) or surveyed.get(name) or _undeclared(seed)
            if (resource.capacity or 1) > 1:
                raise InvalidArguments(
                    f"{seed.where('exclusive')}: there are {resource.capacity} of {name!r}, not one",
                    hint=f"write `shared: {{{name}: {resource.capacity}}}` to take all of them",
                )
            found.resources[name] = resource
            found.add(name, ResourceNeed(task, 1, exclusive=True, place=_line(seed, "exclusive")))
        for name, units in seed.options.shared.items():
            shared = found.resources.get(name) or surveyed.get(name)
            if shared is None:
                raise InvalidArguments(
                    f"{seed.where('shared')}: nothing says how much there is of {name!r}",
                    hint=f"declare it in `yaml plan`: `resources: {{{name}: {{capacity: 2, reason: ...}}}}`",
                )
            found.resources[name] = shared
            alone = units == 1 and (shared.capacity or 1) == 1
            found.add(name, ResourceNeed(task, units, exclusive=alone, place=_line(seed, "shared")))
    return found


def add_file_needs(
    found: ResourceNeeds, scopes: Sequence[TaskScope], reach: PrecedenceReach
) -> ResourceNeeds:
    """Add a resource for each file that two tasks change and that no dependency keeps apart."""
    by_file: defaultdict[str, list[int]] = defaultdict(list)
    for task, scope in enumerate(scopes):
        for path in dict.fromkeys(scope.exact_files()):
            by_file[path].append(task)
    for path in sorted(by_file):
        tasks = by_file[path]
        if not reach.all_ordered(tasks):
            name = f"file.{slug_with_hash(path)}"
            reason = (
                "tasks that no dependency keeps apart change this file; done at once they could not be merged"
            )
            found.resources[name] = SharedResource(type="exclusive", capacity=1, location=path, reason=reason)
            for task in tasks:
                place = scopes[task].places[path]
                found.add(name, ResourceNeed(task, 1, exclusive=True, place=place))
    return found


def add_surveyed_needs(
    found: ResourceNeeds, scopes: Sequence[TaskScope], surveyed: Mapping[str, SharedResource]
) -> ResourceNeeds:
    """Add the need for a folder whose files follow one another, as migrations do, to who names one."""
    for name, resource in surveyed.items():
        if resource.constraint != ONE_AFTER_THE_OTHER or not resource.location:
            continue
        for task, scope in enumerate(scopes):
            inside = [path for path in scope.exact_files() if path.startswith(f"{resource.location}/")]
            if inside and name not in found.of_task[task]:
                found.resources.setdefault(name, resource)
                found.add(name, ResourceNeed(task, 1, exclusive=True, place=scope.places[inside[0]]))
    return found


def _undeclared(seed: TaskSeed) -> SharedResource:
    where = seed.where("exclusive")
    reason = f"not declared: {where} needs it exclusively, so that one task has it at a time"
    return SharedResource(type="exclusive", capacity=1, reason=reason)


def _line(seed: TaskSeed, key: str) -> Range:
    return seed.document.line_span(seed.given.lines[key])
