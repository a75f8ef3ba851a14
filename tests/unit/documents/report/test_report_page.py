"""report.html of ordinary plans: all is there once, nothing covers anything, nothing comes from outside."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from planner.documents.report.markup import cut, number, text
from planner.documents.report.planned_times import PlannedTimes, planned_times
from planner.documents.report.report_page import report_page
from planner.documents.report.run_record import ActualSpan, ActualTask, RunRecord
from planner.plan_outline import outline_of
from planner.scheduling.limits import Limits
from planner.scheduling.simulate import simulate
from schemas.plan import Plan
from tests.unit.documents.report.example_plans import edge, large_plan, named, plan_of, record_of
from tests.unit.documents.report.parsed_page import ParsedPage, curve_points, numbers
from tests.unit.making_plans.drafts import good_plan, needing
from tests.unit.making_plans.test_planned_order import late_surprise
from workflows.plan_progress import plan_index

HOSTILE = "</title><script>alert(\"1\")</script><svg onload=x> \x00\u202e & 'a'"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return large_plan(24)


@pytest.fixture(scope="module")
def larger() -> Plan:
    return large_plan(84, model="wave_based")


def test_the_page_holds_no_script_and_nothing_from_outside(plan: Plan) -> None:
    page = report_page(plan, run=record_of(plan))
    root = ParsedPage.of(page).root
    names = {element.tag for element in root.iter()}
    assert names.isdisjoint({"script", "link", "img", "iframe", "image", "use", "object", "foreignObject"})
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert "://" not in page
    assert "url(" not in page
    assert "@import" not in page
    links = [element.get("href", "") for element in root.iter("a")]
    assert links[:2] == ["Plan.md", "Decisions.md"]
    assert set(links) >= {"tasks.json", "dag.json", "waves.json", "features.json", "coordinator.json"}
    assert "default-src 'none'" in html.unescape(page)


def test_every_colour_has_a_dark_counterpart(plan: Plan) -> None:
    style = ParsedPage.of(report_page(plan)).root.findtext("head/style", "")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    dark = dark.partition("} }")[0]
    assert set(re.findall(r"(--\w+):", light)) == set(re.findall(r"(--\w+):", dark))
    assert set(re.findall(r"var\((--\w+)\)", style)) == set(re.findall(r"(--\w+):", light))


def test_each_task_has_one_node_one_planned_bar_and_one_row(plan: Plan, larger: Plan) -> None:
    for each in (plan, larger):
        page = ParsedPage.of(report_page(each))
        ids = [task.id for task in each.tasks.tasks]
        planned = [bar.shown.split()[0] for bar in page.bars("gantt") if "p" in bar.kinds]
        assert sorted(planned) == ids
        assert sorted(bar.shown.split()[0] for bar in page.bars("graph")) == ids
        rows = [row.findtext("td/code", "") for row in page.root.iterfind(".//tbody/tr")]
        assert rows == ids


def test_planned_bars_follow_the_scheduler_and_the_critical_path_is_marked() -> None:
    page = ParsedPage.of(report_page(plan_of([named(n) for n in range(4)], [edge(0, 1), edge(1, 2)])))
    bars = {bar.shown.split()[0][-1]: bar for bar in page.bars("gantt")}
    assert bars["0"].left < bars["0"].right == bars["1"].left < bars["1"].right == bars["2"].left
    assert (bars["3"].left, bars["3"].right) == (bars["0"].left, bars["0"].right)
    assert {name for name, bar in bars.items() if "c" in bar.kinds} == {"0", "1", "2"}
    assert "planned: 0 h to 2.2 h, on the critical path" in bars["0"].shown


def test_the_planned_bars_are_what_a_run_would_do_with_the_expected_hours(plan: Plan, larger: Plan) -> None:
    for each in (plan, larger, late_surprise()):
        times, outline = planned_times(each), outline_of(each)
        index = plan_index(outline)
        limits = Limits(outline.max_concurrent, outline.model, window=outline.window_hours)
        assert isinstance(times, PlannedTimes)
        assert times.schedule == simulate(index, index.durations, limits)
    in_order = planned_times(late_surprise())
    assert isinstance(in_order, PlannedTimes)
    assert in_order.schedule.makespan < 14  # with an order of its own; by longest path it would be 19


@pytest.mark.parametrize("count", [24, 84])
def test_no_task_covers_another_and_no_edge_runs_under_a_task(count: int) -> None:
    page = ParsedPage.of(report_page(large_plan(count)))
    graph = page.picture("graph")
    assert graph is not None
    boxes = [numbers(rect, "x", "y", "width", "height") for rect in graph.iter("rect")]
    assert len(boxes) == count
    for x, y, width, height in boxes:
        touching = [b for b in boxes if abs(b[0] - x) < width and abs(b[1] - y) < height]
        assert len(touching) == 1
    points = [point for path in graph.iter("path") for point in curve_points(path.get("d", ""))]
    assert len(points) > count
    for x, y, width, height in boxes:
        assert not [p for p in points if x + 0.2 < p[0] < x + width - 0.2 and y - 1 < p[1] < y + height + 1]


def test_no_two_bars_of_a_lane_overlap_and_an_exclusive_resource_has_one_lane(larger: Plan) -> None:
    page = ParsedPage.of(report_page(larger, run=record_of(larger)))
    lanes = page.picture("lanes")
    assert lanes is not None
    of_resource: dict[tuple[str, str], int] = {}
    for lane in (group for group in lanes.iter("g") if group.get("class", "").startswith("lane-")):
        spans = sorted(numbers(rect, "x", "width") for rect in lane.iter("rect"))
        assert all(round(left + width, 1) <= following for (left, width), (following, _) in pairwise(spans))
        name = re.search(r"(planned|actual): .* holds (?:\d of \d of )?(\w+),", lane.findtext("g/title", ""))
        assert name is not None
        of_resource[name[1], name[2]] = of_resource.get((name[1], name[2]), 0) + 1
    for when in ("planned", "actual"):
        assert of_resource[when, "migrations"] == of_resource[when, "staging"] == 1
        assert of_resource[when, "database"] in {1, 2, 3}


def test_hostile_text_is_shown_and_is_never_markup() -> None:
    tasks = [named(0, title=HOSTILE, description=HOSTILE), named(1, title="ab " * 400)]
    plan = plan_of(tasks, [edge(0, 1)], title=HOSTILE)
    page = report_page(plan, run=RunRecord("r", "running", HOSTILE, None, 1.0, is_open=True, reason=HOSTILE))
    parsed = ParsedPage.of(page)
    assert not list(parsed.root.iter("script"))
    assert "</title><script>alert(\"1\")</script><svg onload=x> \ufffd\ufffd & 'a'" in parsed.text()
    assert "\u202e" not in page
    names = [label.text or "" for label in parsed.root.iter("text")]
    assert max(map(len, names)) < 60


def test_text_that_no_page_can_hold_is_replaced() -> None:
    assert text("a\x00b\ud800c\u2066d\n<&\U0001f600") == "a\ufffdb\ufffdc\ufffdd\n&lt;&amp;\U0001f600"
    assert cut("漢字漢字漢字", 7) == "漢字漢…"
    assert [number(value) for value in (-0.01, 3.0, 2.25, 1e6)] == ["0", "3", "2.2", "1000000"]


def test_the_same_plan_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.unit.documents.report.example_plans import *; "
        "from planner.documents.report.report_page import report_page; p = large_plan(24); "
        "sys.stdout.write(report_page(p, run=record_of(p)))"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[4],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in "12"
    }
    assert len(pages) == 1
    assert len(pages.pop()) > 10_000


def test_a_page_of_84_tasks_is_small_and_one_of_many_tasks_shows_groups() -> None:
    assert len(report_page(large_plan(84)).encode()) < 200_000
    many = plan_of([named(n) for n in range(501)], [edge(n, n + 1) for n in range(0, 500, 2)])
    page = report_page(many)
    parsed = ParsedPage.of(page)
    assert len(page.encode()) < 200_000
    assert parsed.picture("graph") is None
    assert [bar.shown.partition(":")[0] for bar in parsed.bars("gantt")] == ["Layer 1", "Layer 2"]
    assert "501 tasks in 2 groups" in parsed.text()


def test_a_run_shows_each_execution_under_its_plan_and_a_line_for_now(plan: Plan) -> None:
    run = record_of(plan, until=0.6)
    page = ParsedPage.of(report_page(plan, run=run))
    bars = [bar for bar in page.bars("gantt") if "a" in bar.kinds]
    spans = [span for task in run.tasks.values() for span in task.spans]
    assert sorted(bar.kinds[1] for bar in bars) == sorted(f"a-{span.outcome}" for span in spans)
    assert {"a-failed", "a-running", "a-completed"} <= {bar.kinds[1] for bar in bars}
    planned = {bar.shown: bar.top for bar in page.bars("gantt") if "p" in bar.kinds}
    assert all(bar.top > planned[bar.shown] for bar in bars)
    now = next(group for group in page.groups("gantt") if group.findtext("title") == "now")
    line = next(now.iter("path")).get("d", "")
    place = float(line.removeprefix("M").split()[0])
    assert {round(bar.right, 1) for bar in bars if "a-running" in bar.kinds} == {place}
    said = page.text()
    assert "1 repeated attempt" in said
    assert "completed, 2 attempts abababab" in said
    assert "1.8 times the estimate" in said
    over = ParsedPage.of(report_page(plan, run=record_of(plan)))
    assert "now" not in {group.findtext("title") for group in over.groups("gantt")}


@pytest.mark.parametrize(("pace", "said"), [(1.0, False), (0.01, True), (30.0, True)])
def test_a_run_of_another_order_of_time_has_its_own_scale_and_says_so(
    plan: Plan,
    pace: float,
    said: bool,  # noqa: FBT001 - a test table
) -> None:
    page = ParsedPage.of(report_page(plan, run=record_of(plan, pace=pace)))
    assert ("have different scales" in page.text()) is said
    bars = page.bars("gantt")
    widest = {kind: max(bar.right for bar in bars if kind in bar.kinds) for kind in "pa"}
    assert min(widest.values()) > 600


def test_a_plan_that_cannot_be_scheduled_says_why_and_shows_its_tasks() -> None:
    page = ParsedPage.of(report_page(plan_of([named(0), named(1)], [edge(0, 1), edge(1, 0)])))
    assert "There is no schedule" in page.text()
    assert "rejected: " in page.text()
    assert page.picture("graph") is None
    assert len(list(page.root.iterfind(".//tbody/tr"))) == 2


def test_unknown_estimates_are_unknown_and_known_ones_name_their_origin() -> None:
    plan = plan_of([named(0, duration=None), named(1)], [])
    said = ParsedPage.of(report_page(plan, {"P1.T001": "sizing_rule"})).text()
    assert "unknown" in said
    assert "There is no forecast" in said
    assert "1 h / 2 h / 4 h (sizing rule)" in said


def test_the_forecasts_are_those_of_the_plan() -> None:
    plan = good_plan()
    rolling = plan.waves.execution_models.rolling_frontier.estimated_completion_time
    assert rolling is not None
    rows = ParsedPage.of(report_page(plan)).root.findall(".//table[@class='few']/tr")
    assert [cell.text for cell in rows[1]][:3] == [
        "rolling frontier",
        f"{rolling.p50_hours:g} h",
        f"{rolling.p80_hours:g} h",
    ]


def test_links_lead_to_the_plan_folder_wherever_the_page_is() -> None:
    page = ParsedPage.of(report_page(good_plan(), folder="../a plan:1"))
    links = [link.get("href") for link in page.root.iter("a")]
    assert links[0] == "../a%20plan%3A1/Plan.md"


def test_a_task_that_only_failed_and_one_that_another_run_landed_are_shown() -> None:
    tasks = [named(0, resource_requirements=needing(exclusive_resources=["staging"])), named(1)]
    done = {
        "P1.T000": ActualTask("failed", 3, (ActualSpan(0, 0.5, "failed"),), reason="post_test · red: no"),
        "P1.T001": ActualTask("completed", 1, (), landed=0.25, commit="cd" * 20),
    }
    run = RunRecord("r", "failed", "feature/x", None, 0.5, is_open=False, tasks=done)
    page = ParsedPage.of(report_page(plan_of(tasks, []), run=run))
    assert "failed, 3 attempts" in page.text()
    assert "post_test · red: no" in page.text()
    assert "1 of 2 tasks landed" in page.text()
    gantt = page.picture("gantt")
    assert gantt is not None
    assert len([path for path in gantt.iter("path") if path.get("class") == "l"]) == 1
