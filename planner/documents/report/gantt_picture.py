"""When each task is expected to run and, below that, when it ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.documents.markdown_text import counted
from planner.documents.report.markup import Markup, cut, element, joined
from planner.documents.report.picture import PictureWords, bar, label, picture, tip
from planner.documents.report.run_record import ActualSpan, RunRecord
from planner.documents.report.time_axis import TimeAxis, time_axis

LEFT, WIDTH, RIGHT = 290.0, 840.0, 30.0
ROW, ROW_WITH_RUN, HEAD, FOOT = 20.0, 28.0, 26.0, 24.0
BAR = 10.0
SAME_SCALE = 4.0
"""How much longer the plan or the run may be than the other before each has its own scale."""
_NARROWEST = 2.0
_ID_WIDTH, _LABEL_WIDTH = 18, 44


@dataclass(frozen=True, slots=True)
class GanttRow:
    """A row: a task or a group of tasks, with its expected time and what a run did."""

    name: str
    title: str
    shown: str
    start: float
    finish: float
    is_critical: bool = False
    spans: tuple[ActualSpan, ...] = ()
    landings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scales:
    """The axis of the plan and that of the run, if there is one; they may be the same."""

    planned: TimeAxis
    actual: TimeAxis | None

    @property
    def differ(self) -> bool:
        """Return whether a hour of the plan and a hour of the run have different lengths."""
        return self.actual is not None and self.actual.hours != self.planned.hours


def scales(hours: float, run: RunRecord | None) -> Scales:
    """Return one scale for plan and run; two, when one of them would be too short to see."""
    if run is None:
        return Scales(time_axis(hours, LEFT, WIDTH), None)
    longest, shortest = max(hours, run.hours), min(hours, run.hours)
    if longest <= SAME_SCALE * shortest:
        return Scales(time_axis(longest, LEFT, WIDTH), time_axis(longest, LEFT, WIDTH))
    return Scales(time_axis(hours, LEFT, WIDTH), time_axis(run.hours, LEFT, WIDTH))


def gantt_picture(rows: Sequence[GanttRow], axes: Scales, run: RunRecord | None) -> Markup:
    """Return the picture, one row below the other in the order given."""
    height = ROW if run is None else ROW_WITH_RUN
    bottom = HEAD + height * len(rows)
    above = bar("p", 2, 14, 4, 8), label("d", 18, 12, "planned, time above")
    parts = [*above, axes.planned.lines(HEAD - 4, bottom), axes.planned.labels(HEAD - 10)]
    if axes.actual is not None and run is not None:
        parts += [bar("a a-completed", 150, 162, 4, 8), label("d", 166, 12, "actual, time below")]
        parts += [axes.actual.lines(bottom, bottom + 5), axes.actual.labels(bottom + 16)]
    parts.append(joined(_row(row, HEAD + height * place, axes, run) for place, row in enumerate(rows)))
    if axes.actual is not None and run is not None and run.is_open:
        parts.append(_now(axes.actual.place(run.hours), bottom))
    words = PictureWords(
        "gantt",
        "Expected schedule" if run is None else "Expected schedule and what happened",
        f"{counted(len(rows), 'row')} in the order of their expected begin. "
        "The table of tasks has the same times.",
    )
    return picture(words, LEFT + WIDTH + RIGHT, bottom + FOOT, *parts)


def _row(row: GanttRow, top: float, axes: Scales, run: RunRecord | None) -> Markup:
    planned = f"p{' c' if row.is_critical else ''}"
    left, right = _ends(axes.planned, row.start, row.finish)
    return element(
        "g",
        {"class": "r"},
        tip(row.shown),
        label("i", 2, top + 12, cut(row.name, _ID_WIDTH)),
        label("d", 8 + 7.2 * min(len(row.name), _ID_WIDTH), top + 12, _beside(row)),
        bar(planned, left, right, top + 3, BAR),
        *(
            _actual(row, top + 4 + BAR, axes.actual, run)
            if axes.actual is not None and run is not None
            else ()
        ),
    )


def _beside(row: GanttRow) -> str:
    return cut(row.title, max(_LABEL_WIDTH - round(1.2 * min(len(row.name), _ID_WIDTH)), 8))


def _actual(row: GanttRow, top: float, axis: TimeAxis, run: RunRecord) -> Iterator[Markup]:
    for span in row.spans:
        left, right = _ends(axis, span.start, span.end if span.end is not None else run.hours)
        yield bar(f"a a-{span.outcome}", left, right, top, BAR - 1)
    for landing in row.landings:
        yield element("path", {"class": "l", "d": f"M{axis.place(landing):g} {top - 1:g}v{BAR + 1:g}"})


def _ends(axis: TimeAxis, start: float, finish: float) -> tuple[float, float]:
    """Return the sides of a bar that can be seen."""
    left, right = axis.place(start), axis.place(finish)
    return left, max(right, left + _NARROWEST)


def _now(place: float, bottom: float) -> Markup:
    line = element("path", {"class": "now", "d": f"M{place:g} {HEAD:g}V{bottom + 4:g}"})
    return element("g", {}, tip("now"), line, label("t now", place, HEAD - 1, "now"))
