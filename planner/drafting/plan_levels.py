"""What several documents together say about the whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from planner.drafting.plan_options import PlanLevel
from schemas.errors import InvalidArguments
from schemas.tasks import PlanCommand, SharedResource

Value = TypeVar("Value")


def combined(levels: Sequence[tuple[str, PlanLevel]]) -> PlanLevel:
    """Return the plan-level options of all documents, each given with its name; the first title counts.

    Raises:
        InvalidArguments: two documents say different things about a resource, the branch or the limit.
    """
    resources: dict[str, SharedResource] = {}
    setup: list[PlanCommand] = []
    verify: list[PlanCommand] = []
    for document, level in levels:
        setup += level.setup
        verify += level.verify
        for name, resource in level.resources.items():
            known = resources.setdefault(name, resource)
            if known.capacity != resource.capacity:
                raise InvalidArguments(
                    f"{document}: the resource {name!r} has the capacity {resource.capacity} here "
                    f"and {known.capacity} in another document",
                    hint="give it in one of the documents only",
                )
    return PlanLevel(
        title=next((level.title for _, level in levels if level.title), None),
        setup=tuple(setup),
        verify=tuple(verify),
        resources=resources,
        max_concurrent=_agreed("max_concurrent", [(name, level.max_concurrent) for name, level in levels]),
        branch=_agreed("branch", [(name, level.branch) for name, level in levels]),
    )


def _agreed(key: str, given: Sequence[tuple[str, Value | None]]) -> Value | None:
    stated = [(document, value) for document, value in given if value is not None]
    for document, value in stated[1:]:
        if value != stated[0][1]:
            raise InvalidArguments(
                f"{document}: `{key}` is {value} here and {stated[0][1]} in {stated[0][0]}",
                hint="give it in one of the documents only",
            )
    return stated[0][1] if stated else None
