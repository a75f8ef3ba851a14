"""Read one line of a list of tasks: its checkbox, its id, its marks and labels, and its text."""

from __future__ import annotations

import re

from planner.exchange.task_list import TaskLine, TaskState, TextRange

BOX = r"(?P<indent>[ \t]*)(?:[-*+]|\d+[.)])[ \t]+\[(?P<mark>[xX]|[^\]\w\r\n]|)\](?P<star>\*)?[ \t]*"
LISTED_ID = r"(?:P\d{1,4}\.)?T\d{2,5}[a-z]?"  # with the P1. that plans put before it
ID = rf"(?:\*\*|__|`)?(?P<id>{LISTED_ID})(?:\*\*|__|`)?"
BOXED = re.compile(rf"^{BOX}{ID}(?P<end>[:.)]?(?:\*\*|__)?)(?=\s|\[|$)")
UNBOXED = re.compile(rf"^(?P<indent>[ \t]*)(?:[-*+][ \t]+)?{ID}(?P<end>[:.)]?(?:\*\*|__)?)(?=\s)")
NUMBERED = re.compile(
    rf"^{BOX}(?:\*\*)?(?P<id>\d{{1,4}}(?:\.\d{{1,4}}){{0,3}})(?P<end>[.):]?(?:\*\*)?)(?=\s)"
)
ANY_BOX = re.compile(rf"^{BOX}\S")
LABEL = re.compile(r"[ \t]*\[(?P<label>[A-Za-z0-9][A-Za-z0-9 ._+&,/-]{0,30})\](?!\()")
STORY = re.compile(r"US-?0*(?P<number>\d{1,4})(?P<letter>[a-z]?)", re.IGNORECASE)
REQUIREMENTS = re.compile(r"_?\**Requirements?:?\**:?\s*(?P<names>[\w., &-]+?)_?\s*$", re.IGNORECASE)
TICKS = "xX\u2713\u2714\u2705"


def read_task_line(match: re.Match[str], line: str, place: TextRange, line_start: int) -> TaskLine:
    """Return the task of a line that one of the patterns above matches; its state and group are not known."""
    groups = match.groupdict()
    position = match.end()
    stories: list[str] = []
    labels: list[str] = []
    parallel = False
    while label := LABEL.match(line, position):
        found = [f"US{int(story['number'])}{story['letter']}" for story in STORY.finditer(label["label"])]
        if label["label"].upper() == "P":
            parallel = True
        elif found and STORY.match(label["label"]):
            stories += found
        else:
            labels.append(label["label"])
        position = label.end()
    text = line[position:].strip().lstrip(":-\u2013\u2014 \t").strip()
    return TaskLine(
        id=groups["id"],
        text=text,
        text_start=line_start + (line.index(text, position) if text else position),
        place=place,
        parallel=parallel,
        optional=bool(groups.get("star")),
        stories=tuple(dict.fromkeys(stories)),
        labels=tuple(labels),
        mark=line_start + match.start("mark") if groups.get("mark") else None,
    )


def read_state(mark: str | None) -> tuple[TaskState, tuple[str, str] | None]:
    """Return the state that a checkbox shows, and the rule and message if that is odd."""
    if mark is None or not mark.strip():
        return "open", None
    if mark in TICKS:
        return "done", None
    if mark == "-":
        return "deferred", ("deferred", "`[-]` is taken as put off: it is no task now")
    return "open", ("unknown-mark", f"`[{mark}]` is no mark of the format: the task is taken as open")


def requirements_in(line: str) -> tuple[str, ...]:
    """Return the requirements that a line below a task names, such as `_Requirements: 1.1, 2.3_`."""
    names = REQUIREMENTS.match(line.strip().lstrip("-*+ "))
    return tuple(re.findall(r"[\w-]+(?:\.[\w-]+)*", names["names"])) if names else ()
