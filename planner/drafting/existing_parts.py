"""What the codebase already has of a task: it is built on, and not planned again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.codebase.existing_capabilities import ExistingPart, nearest_existing
from planner.codebase.survey import Survey
from planner.drafting.task_scopes import TaskScope
from planner.drafting.task_seed import TaskSeed
from schemas.dag import Finding
from schemas.tasks import NearestExisting, ReusesExisting

NAMED = 0.9
NEAR = 0.6
MOST = 4
MAKES = re.compile(
    r"(?:\[[^\]]*\]\s*)*(?:add|create|build|implement|introduce|write|define|develop)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TaskReuse:
    """What a task builds on: parts that its document names, and parts that are near by their words.

    `beside` is for a task that makes something new: the nearest of the parts that it does not build on.
    """

    named: tuple[ExistingPart, ...] = ()
    near: tuple[ExistingPart, ...] = ()
    beside: ExistingPart | None = None

    def record(self) -> ReusesExisting | None:
        """Return what tasks.json says about it; None when nothing was found."""
        if not self.named and not self.near:
            return None
        said = [f"{_where(part)} is named in the document" for part in self.named]
        said += [f"{_where(part)} is near by its words ({part.score:g})" for part in self.near]
        return ReusesExisting(
            extends=tuple(dict.fromkeys(_name(part) for part in self.named)),
            imports=tuple(dict.fromkeys(_name(part) for part in self.near)),
            rationale="; ".join(said),
        )

    def neighbour(self) -> NearestExisting | None:
        """Return what tasks.json says of the nearest part that is not reused."""
        part = self.beside
        if part is None:
            return None
        return NearestExisting(name=_name(part), path=part.path, line=part.line, score=part.score)


def find_reuse(seed: TaskSeed, scope: TaskScope, survey: Survey) -> TaskReuse:
    """Return what exists of a task; nothing for one whose author wrote what is run."""
    if seed.acts or not (survey.symbols or survey.files):
        return TaskReuse()
    paths = (*scope.files.modify, *scope.files.read) if scope.files is not None else ()
    text = "\n".join(block.text for block in seed.texts()) or seed.headline.title
    parts = nearest_existing(survey, text, paths, limit=2 * MOST)
    named = tuple(part for part in parts if part.score >= NAMED)[:MOST]
    near = tuple(part for part in parts if NEAR <= part.score < NAMED and part.symbol is not None)[:MOST]
    reused = {*named, *near}
    makes = bool(scope.files and scope.files.create) or _makes_what_is_not_there(seed, named)
    others = (part for part in parts if part not in reused)
    return TaskReuse(named, near, next(others, None) if makes else None)


def _makes_what_is_not_there(seed: TaskSeed, named: Sequence[ExistingPart]) -> bool:
    return MAKES.match(seed.headline.title) is not None and not any(part.symbol for part in named)


def reuse_findings(
    seeds: Sequence[TaskSeed], ids: Sequence[str], reuses: Sequence[TaskReuse]
) -> Iterator[Finding]:
    """Yield for each task that makes something by a name that the codebase already has."""
    for seed, task, reuse in zip(seeds, ids, reuses, strict=True):
        there = [part for part in reuse.named if part.symbol is not None]
        if there and MAKES.match(seed.headline.title):
            message = f"{_where(there[0])} exists already: this task extends it and makes no second one"
            yield Finding(
                rule="exists-already",
                severity="warning",
                message=message,
                task=task,
                file=seed.document.source.name,
                line=seed.line,
            )


def _name(part: ExistingPart) -> str:
    return part.symbol or part.path


def _where(part: ExistingPart) -> str:
    line = f":{part.line}" if part.line is not None else ""
    return f"{part.symbol} ({part.path}{line})" if part.symbol is not None else part.path
