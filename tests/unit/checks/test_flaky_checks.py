"""What is run a second time, and what both runs say together."""

from __future__ import annotations

import pytest

from activities.flaky_checks import flaky_notes, judged_twice, to_repeat
from schemas.activity_io import CheckResult
from schemas.settings import FlakyPolicy


def result(name: str, verdict: str, kind: str = "verify", **more: object) -> CheckResult:
    return CheckResult.model_validate(
        {"name": name, "kind": kind, "verdict": verdict, "detail": "exit code 1", "seconds": 2, **more}
    )


def test_only_red_commands_that_ended_by_themselves_and_matter_are_run_again() -> None:
    checks = (
        result("green", "green"),
        result("red", "red"),
        result("stopped at its deadline", "red", ended=False),
        result("red before the work", "red"),
        result("own", "red", "command"),
        result("no number", "not_measurable", "command"),
        result("setup", "red", "setup"),
    )
    bad = tuple(check for check in checks if check.name != "red before the work")
    assert to_repeat(checks, bad) == (1, 4)


def test_a_file_is_looked_at_again_only_when_a_command_runs_that_may_write_it() -> None:
    looks = (result("report.json", "red", "artifact"), result("latency", "red", "metric"))
    assert to_repeat(looks, looks) == ()
    both = (result("bench", "red", "command"), *looks)
    assert to_repeat(both, both) == (0, 1, 2)


@pytest.mark.parametrize(("policy", "verdict"), [("reject", "red"), ("accept", "green")])
def test_green_at_the_second_run_is_flaky_and_the_policy_decides(policy: FlakyPolicy, verdict: str) -> None:
    first = (result("a", "green"), result("b", "red", excerpt="boom", log="1.log"))
    checks = judged_twice(first, (1,), (result("b", "green"),), policy)
    assert checks[0] == first[0]
    assert (checks[1].verdict, checks[1].flaky, checks[1].seconds) == (verdict, True, 4)
    assert "flaky: red, then green on the same tree" in checks[1].detail
    assert "first exit code 1" in checks[1].detail
    assert (checks[1].excerpt, checks[1].log) == ("boom", "1.log"), "the failure is what one looks for"
    assert flaky_notes(checks) == (f"the check `b` is {checks[1].detail}",)


@pytest.mark.parametrize("policy", ["reject", "accept"])
@pytest.mark.parametrize("verdict", ["red", "not_measurable"])
def test_what_is_not_green_twice_is_red_and_not_flaky(policy: FlakyPolicy, verdict: str) -> None:
    (check,) = judged_twice((result("b", "red"),), (0,), (result("b", verdict),), policy)
    assert (check.verdict, check.flaky, check.seconds) == ("red", False, 4)
    assert flaky_notes((check,)) == ()


def test_a_second_run_that_could_not_be_done_changes_nothing() -> None:
    first = (result("a", "red"), result("b", "red"))
    assert judged_twice(first, (0, 1), (), "accept") == first
    setup = (result("pip install", "red", "setup"),)
    assert [check.flaky for check in judged_twice(first, (0, 1), setup, "accept")] == [False, False]
