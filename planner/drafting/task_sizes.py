"""How large a task is and how long it takes: from the document, else by the stated sizing rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from planner.draft import EstimateOrigin
from planner.drafting.task_seed import TaskSeed
from schemas.settings import PlanSettings
from schemas.task_guidance import ExpectedComplexity
from schemas.tasks import Origin, ThreePointEstimate

Size = Literal["small", "medium", "large"]
LINES = r"loc|sloc|lines?(?:\s+of\s+code)?"
COUNTABLE = (
    rf"{LINES}|functions?|methods?|classes|endpoints?|files?|modules?|tests?|tables?|columns?|pages?|screens?|"
    r"migrations?|commands?|rules?"
)
COUNT = re.compile(
    rf"(?:~|\u2248|(?:about|around|approx\.?|approximately|up\s+to|at\s+most)\s+)?\s*"
    rf"(?<![\w.,/-])(?P<count>\d{{1,6}})\+?\s+?(?:new\s+)?(?P<unit>{COUNTABLE})\b",
    re.IGNORECASE,
)
STATED_SIZE = re.compile(
    r"\b(?:size|complexity|effort)\s*[:=]\s*\**\s*(?P<size>small|medium|large|low|high|xs|xl|s|m|l)\b",
    re.IGNORECASE,
)
SIZES: dict[str, Size] = {
    "xs": "small",
    "s": "small",
    "small": "small",
    "low": "small",
    "m": "medium",
    "medium": "medium",
    "l": "large",
    "xl": "large",
    "large": "large",
    "high": "large",
}
SMALL_LINES, MEDIUM_LINES = 50, 300
SMALL_COUNT, MEDIUM_COUNT = 2, 8
NOT_STATED = "not stated: medium (sizing rule)"

TIME = r"(?P<unit>hours?|hrs?|h|minutes?|mins?)\b"
NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
THREE_POINTS = re.compile(
    rf"(?<![\w./])(?P<low>{NUMBER})\s*/\s*(?P<likely>{NUMBER})\s*/\s*(?P<high>{NUMBER})\s*{TIME}",
    re.IGNORECASE,
)
ONE_OR_TWO_POINTS = re.compile(
    rf"\b(?:estimated?|estimation|effort|duration|takes|time)\b[^\n\d.;]{{0,24}}?~?\s*"
    rf"(?P<low>{NUMBER})(?:\s*(?:-|\u2013|to)\s*(?P<high>{NUMBER}))?\s*{TIME}",
    re.IGNORECASE,
)
MINUTES = 60


@dataclass(frozen=True, slots=True)
class TaskSize:
    """The expected complexity of a task, its estimate in hours, and where each comes from."""

    complexity: ExpectedComplexity
    complexity_origin: Origin
    duration: ThreePointEstimate
    duration_origin: EstimateOrigin


def size_of(seed: TaskSeed, settings: PlanSettings) -> TaskSize:
    """Return the size of a task: `estimate` and what the text says first, else the rule of the settings.

    A single figure is taken as certain, and of a range the middle as the likely one.
    """
    text = seed.prose()
    complexity, size, origin = _complexity(text)
    hours = seed.options.estimate or _stated_hours(text)
    duration_origin: EstimateOrigin = "document" if hours else "sizing_rule"
    optimistic, likely, pessimistic = hours or settings.hours_by_complexity[size]
    return TaskSize(
        complexity=complexity,
        complexity_origin=origin,
        duration=ThreePointEstimate(optimistic=optimistic, mostLikely=likely, pessimistic=pessimistic),
        duration_origin=duration_origin,
    )


def unusable_estimate(seed: TaskSeed) -> str | None:
    """Return a stated estimate that contradicts itself, and was left out; None when there is none."""
    text = "\n".join(block.text for block in seed.texts())
    points = THREE_POINTS.search(text)
    if points is None or seed.options.estimate is not None:
        return None
    hours = [float(points[name]) for name in ("low", "likely", "high")]
    return None if hours == sorted(hours) and hours[2] > 0 else points.group()


def _complexity(text: str) -> tuple[ExpectedComplexity, Size, Origin]:
    stated = STATED_SIZE.search(text)
    counted = COUNT.search(text)
    if counted:
        size = SIZES[stated["size"].lower()] if stated else _size_of_count(counted)
        value = " ".join(counted.group().split())
        return ExpectedComplexity(value=value, breakdown=f"as the document says; {size}"), size, "document"
    if stated:
        size = SIZES[stated["size"].lower()]
        return ExpectedComplexity(value=f"{size} (as the document says)", breakdown=""), size, "document"
    breakdown = "neither lines nor anything else that can be counted is stated"
    return ExpectedComplexity(value=NOT_STATED, breakdown=breakdown), "medium", "default"


def _size_of_count(match: re.Match[str]) -> Size:
    is_lines = re.fullmatch(LINES, match["unit"], re.IGNORECASE) is not None
    small, medium = (SMALL_LINES, MEDIUM_LINES) if is_lines else (SMALL_COUNT, MEDIUM_COUNT)
    count = int(match["count"])
    if count <= small:
        return "small"
    return "medium" if count <= medium else "large"


def _stated_hours(text: str) -> tuple[float, float, float] | None:
    points = THREE_POINTS.search(text)
    if points:
        hours = tuple(_hours(points[name], points["unit"]) for name in ("low", "likely", "high"))
        if list(hours) == sorted(hours) and hours[2] > 0:
            return hours[0], hours[1], hours[2]
    one = ONE_OR_TWO_POINTS.search(text)
    if one is None:
        return None
    low = _hours(one["low"], one["unit"])
    high = _hours(one["high"], one["unit"]) if one["high"] else low
    return (low, round((low + high) / 2, 6), high) if 0 < low <= high else None


def _hours(number: str, unit: str) -> float:
    value = float(number)
    return round(value / MINUTES, 6) if unit.lower().startswith("m") else value
