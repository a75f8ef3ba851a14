"""Whatever a plan looks like: the report is made, is well-formed, and its parts do not cover each other."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.documents.report.graph_layout import COLUMN_STEP, NODE_WIDTH, graph_layout
from planner.documents.report.report_page import report_page
from planner.documents.report.resource_lanes import Hold, lanes
from planner.documents.report.time_axis import time_axis
from planner.graph.kahn_layers import layer_of_each
from planner.graph.precedence_graph import PrecedenceGraph, build_precedence_graph
from schemas.plan import Plan
from schemas.tasks import ExecutionModel, ThreePointEstimate
from tests.unit.documents.report.example_plans import edge, named, plan_of, record_of
from tests.unit.documents.report.parsed_page import ParsedPage
from tests.unit.making_plans.drafts import needing

MODELS: tuple[ExecutionModel, ...] = ("rolling_frontier", "wave_based")
TITLES = st.text(min_size=1, max_size=30)
HOURS = st.one_of(st.none(), st.sampled_from([0.0, 1e-7, 0.02, 3.0, 40.0, 1e5]).map(lambda h: (h, h, h)))


@st.composite
def any_plans(draw: st.DrawFn) -> Plan:
    """Plans of at most eight tasks: also with cycles, without estimates, of no time, in both models."""
    count = draw(st.integers(1, 8))
    tasks = []
    for number in range(count):
        points = draw(HOURS)
        exclusive = draw(st.lists(st.sampled_from(["migrations", "staging", "unknown"]), max_size=2))
        estimate = dict(zip(("optimistic", "mostLikely", "pessimistic"), points or (), strict=False))
        tasks.append(
            named(
                number,
                title=draw(TITLES),
                duration=ThreePointEstimate(**estimate) if points else None,
                resource_requirements=needing(exclusive_resources=exclusive),
            )
        )
    numbers = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=10))
    if draw(st.booleans()):
        pairs = [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    model: ExecutionModel = draw(st.sampled_from(MODELS))
    return plan_of(tasks, [edge(*pair) for pair in pairs], title=draw(TITLES), model=model)


@settings(max_examples=25)
@given(any_plans(), st.sampled_from([None, 0.0, 0.5]))
def test_every_plan_has_a_well_formed_report(plan: Plan, until: float | None) -> None:
    page = ParsedPage.of(report_page(plan))
    ids = [task.id for task in plan.tasks.tasks]
    if page.picture("gantt") is None:
        assert "There is no schedule" in page.text()
        return
    assert sorted(bar.shown.split()[0] for bar in page.bars("gantt")) == ids
    run = record_of(plan, until=until)
    ParsedPage.of(report_page(plan, run=run))


@st.composite
def graphs(draw: st.DrawFn) -> PrecedenceGraph:
    count = draw(st.integers(1, 25))
    edges = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=60))
    names = [f"{number:02}" for number in range(count)]
    return build_precedence_graph(names, [(names[min(e)], names[max(e)]) for e in edges if e[0] != e[1]])


@given(graphs())
def test_places_of_a_column_never_touch_and_segments_join_neighbouring_columns(
    graph: PrecedenceGraph,
) -> None:
    layout = graph_layout(graph, layer_of_each(graph), frozenset())
    assert layout is not None
    rows: dict[int, list[int]] = {}
    for place, column in enumerate(layout.columns):
        rows.setdefault(column, []).append(place)
    for row in rows.values():
        row.sort(key=lambda place: layout.tops[place])
        for above, below in pairwise(row):
            assert layout.tops[above] + layout.size(above) < layout.tops[below]
    for segment in layout.segments:
        assert layout.columns[segment.right] == layout.columns[segment.left] + 1
    reached = {(segment.source, segment.right) for segment in layout.segments}
    assert all((u, v) in reached for u, after in enumerate(graph.successors) for v in after)
    assert min(layout.tops) == 0
    assert NODE_WIDTH < COLUMN_STEP


def test_edges_that_nobody_could_follow_are_not_drawn() -> None:
    names = [f"{number:03}" for number in range(200)]
    chain = list(pairwise(names[:100]))
    early = [(name, names[99]) for name in names[100:]]
    graph = build_precedence_graph(names, [*chain, *early])
    assert graph_layout(graph, layer_of_each(graph), frozenset()) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=30))
def test_holds_of_a_lane_follow_each_other_and_there_are_no_more_lanes_than_needed(
    times: list[tuple[int, int]],
) -> None:
    holds = [Hold(f"T{n:02}", start, start + hours, 1) for n, (start, hours) in enumerate(times)]
    found = lanes(holds)
    assert sorted(hold.task for lane in found for hold in lane) == [hold.task for hold in holds]
    for lane in found:
        assert all(before.finish <= after.start for before, after in pairwise(lane))
    at_once = [sum(h.start <= t < h.finish or h.start == t == h.finish for h in holds) for t in range(27)]
    assert len(found) <= max([*at_once, 0])


@given(st.floats(0, 1e12, allow_nan=False))
def test_an_axis_of_any_time_has_few_ticks_within_it(hours: float) -> None:
    axis = time_axis(hours, 100, 800)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 12
    assert ticks[0] == 0
    assert all(100 <= axis.place(tick) <= 900 for tick in ticks)
    assert axis.place(hours) in {100, 900}
