"""A red check is run once more on the same tree: green then means that it is flaky, and a setting decides.

Pure decisions; who runs the checks is in `attempt_checks` and `landing_phase`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from schemas.activity_io import CheckResult
from schemas.settings import FlakyPolicy

COMMANDS = frozenset({"verify", "command"})
LOOKS = frozenset({"artifact", "metric"})


def to_repeat(checks: Sequence[CheckResult], bad: Collection[CheckResult]) -> tuple[int, ...]:
    """Return the places of the checks that are worth a second run.

    Only bad ones: a check that was red before the work decides nothing. A command that was stopped at its
    deadline, or by a signal, is not run again: it would cost the same once more, and says little about the
    tree. What looks at files is looked at again when a command is run that may write them.
    """
    wanted = [number for number, check in enumerate(checks) if check in bad and check.verdict == "red"]
    commands = [number for number in wanted if checks[number].kind in COMMANDS and checks[number].ended]
    if not commands:
        return ()
    return tuple(sorted([*commands, *(number for number in wanted if checks[number].kind in LOOKS)]))


def judged_twice(
    first: Sequence[CheckResult], repeated: Sequence[int], second: Sequence[CheckResult], policy: FlakyPolicy
) -> tuple[CheckResult, ...]:
    """Return the checks with the verdicts of both runs taken together.

    Args:
        first: all checks, as they came out first.
        repeated: the places of those that were run again.
        second: how these came out then; fewer, when they could not be run.
        policy: what a flaky check counts as.
    """
    again = dict(zip(repeated, second, strict=False))
    return tuple(
        _together(check, again[number], policy) if number in again else check
        for number, check in enumerate(first)
    )


def flaky_notes(checks: Sequence[CheckResult]) -> tuple[str, ...]:
    """Return what a person is told of the flaky checks."""
    return tuple(f"the check `{check.name}` is {check.detail}" for check in checks if check.flaky)


def _together(first: CheckResult, second: CheckResult, policy: FlakyPolicy) -> CheckResult:
    seconds = first.seconds + second.seconds
    if second.verdict != "green":
        return first.model_copy(update={"seconds": seconds})
    accepted = policy == "accept"
    counts = "it counts as green" if accepted else "it counts as red"
    detail = f"flaky: red, then green on the same tree; {counts} (TASKS_FLAKY_CHECKS)"
    if first.detail:
        detail += f"; first {first.detail}"
    update = {
        "flaky": True,
        "verdict": "green" if accepted else "red",
        "detail": detail,
        "seconds": seconds,
    }
    return first.model_copy(update=update)
