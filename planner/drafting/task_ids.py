"""Give every task its id: its author's, else one by its place in the plan."""

from __future__ import annotations

from collections.abc import Sequence

from planner.drafting.task_seed import TaskSeed
from schemas.errors import InvalidArguments


def assign_ids(seeds: Sequence[TaskSeed]) -> tuple[str, ...]:
    """Return the ids of the tasks: `id` where it is given, else P1.T001 and on by their place in the plan.

    Raises:
        InvalidArguments: an `id` is given twice, or two differ only by upper and lower case.
    """
    given: dict[str, TaskSeed] = {}
    for seed in seeds:
        if seed.options.id is None:
            continue
        other = given.setdefault(seed.options.id.casefold(), seed)
        if other is not seed:
            raise InvalidArguments(
                f"{seed.where('id')}: the id {seed.options.id!r} is already used at {other.where('id')}",
                hint="rename one; ids become folders, where upper and lower case may be the same",
            )
    return tuple(seed.options.id or _free(place, given) for place, seed in enumerate(seeds, 1))


def _free(place: int, given: dict[str, TaskSeed]) -> str:
    """Return the id of a place in the plan, with a letter behind it where an author has used that id."""
    wanted = f"P1.T{place:03d}"
    return next(
        candidate
        for candidate in (wanted, *(f"{wanted}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"))
        if candidate.casefold() not in given
    )
