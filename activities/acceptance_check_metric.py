"""Judge a measured number: read out of a JSON report of the worktree, at an RFC 6901 pointer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from activities.acceptance_check_files import OutsideWorktree, inside, read_report
from activities.acceptance_check_judgement import Judgement, green, not_measurable, red
from schemas.acceptance_checks import MetricCheck

_INDEX = re.compile(r"0|[1-9][0-9]*")
_WRONG_TILDE = re.compile(r"~(?![01])")


def judge_metric(check: MetricCheck, worktree: Path, began_ns: int) -> Judgement:
    """Return whether the number lies within its bounds; without a number it is not measurable.

    Args:
        check: which number, and its bounds.
        worktree: where the report lies.
        began_ns: when the checks began: an older report is used, but that is said.
    """
    if check.report is None:
        return not_measurable(f"{check.name} cannot be measured: the check names no `report` to read it from")
    if check.expect.lte is None and check.expect.gte is None:
        return not_measurable(f"{check.name} has no bounds: give `lte` or `gte`")
    try:
        place = inside(worktree, check.report)
        number = _number(json.loads(read_report(place)), check.pointer or "")
        stale = place.stat().st_mtime_ns < began_ns
    except OutsideWorktree as error:
        return red(str(error))
    except FileNotFoundError:
        return not_measurable(
            f"{check.name} cannot be measured: {check.report} does not exist; let a check write it"
        )
    except (OSError, ValueError, LookupError, RecursionError) as error:
        return not_measurable(f"{check.name} cannot be measured from {check.report}: {_words(error)}")
    origin = " (from a report that none of these checks wrote)" if stale else ""
    return _within(check, number, origin)


def at_pointer(document: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value at an RFC 6901 pointer; the empty pointer is the whole document.

    Raises:
        LookupError: there is no such value, or this is no pointer; the message is for the user.
    """
    if pointer and not pointer.startswith("/"):
        raise LookupError(f"{pointer!r} is no JSON pointer: it must begin with '/'")
    if _WRONG_TILDE.search(pointer):
        raise LookupError(f"{pointer!r} is no JSON pointer: write ~0 for '~' and ~1 for '/'")
    value = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and _INDEX.fullmatch(key) and int(key) < len(value):
            value = value[int(key)]
        else:
            raise LookupError(f"there is nothing at {pointer}: {key!r} was not found")
    return value


def _number(document: Any, pointer: str) -> float:  # noqa: ANN401 - any JSON value
    value = at_pointer(document, pointer)
    # NaN lies within no bounds and outside of none; a boolean is a number only to Python.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - NaN
        raise ValueError(f"what stands at {pointer or 'the top'} is no number")
    return value


def _within(check: MetricCheck, number: float, origin: str) -> Judgement:
    lowest, highest = check.expect.gte, check.expect.lte
    if lowest is not None and number < lowest:
        return red(f"{check.name} is {number:g}, less than {lowest:g}{origin}")
    if highest is not None and number > highest:
        return red(f"{check.name} is {number:g}, more than {highest:g}{origin}")
    return green(f"{check.name} is {number:g}{origin}")


def _words(error: Exception) -> str:
    return str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error) or "too deep"
