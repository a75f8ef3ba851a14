"""Which wave each task belongs to when the plan names waves for all, some or none of its tasks."""

from __future__ import annotations

from collections.abc import Sequence

from planner.graph.precedence_graph import PrecedenceGraph


class WaveOrderBroken(ValueError):
    """A task stands in an earlier wave than a task it depends on: it could never start."""


def wave_numbers(
    graph: PrecedenceGraph, order: Sequence[int], given: Sequence[int | None]
) -> tuple[int, ...]:
    """Return the wave of each task; a task without one joins the last wave of those it depends on.

    A plan without any wave is cut by layers of the graph, so that the barrier still means something.

    Raises:
        WaveOrderBroken: a task's wave is before that of a task it depends on.
    """
    named = [wave for wave in given if wave is not None]
    first, step = (min(named), 0) if named else (1, 1)
    waves = [first] * len(graph.ids)
    for task in order:
        latest = max(graph.predecessors[task], key=waves.__getitem__, default=None)
        earliest = first if latest is None else waves[latest] + step
        wave = given[task]
        if wave is not None and latest is not None and wave < earliest:
            message = (
                f"task {graph.ids[task]} stands in wave {wave}, before wave {waves[latest]} of "
                f"{graph.ids[latest]}, which it depends on: move one of them"
            )
            raise WaveOrderBroken(message)
        waves[task] = earliest if wave is None else wave
    return tuple(waves)
