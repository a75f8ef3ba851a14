import asyncio
from pathlib import Path

import pytest

from activities.check_runner import check_name, compare, feedback_from, run_checks
from activities.script_runner import run_script
from planner.machine.processes import ProgressLine
from schemas.acceptance_checks import AcceptanceCheck, ArtifactCheck, MetricCheck
from schemas.activity_io import CheckResult
from tests.unit.checks.conftest import Shop, command, verify


def test_a_command_is_green_when_it_ends_with_zero_and_red_with_its_output_otherwise(shop: Shop) -> None:
    good, bad = shop.run([verify("echo fine"), verify("echo broken here; exit 3")])

    assert (good.verdict, good.excerpt, good.kind) == ("green", "", "verify")
    assert (bad.verdict, bad.excerpt) == ("red", "broken here")
    assert "exit code 3" in bad.detail
    assert bad.log is not None
    assert Path(bad.log).read_text() == "broken here\n"


def test_a_script_stops_at_its_first_failing_line_and_at_an_unknown_variable(shop: Shop) -> None:
    first, second = shop.run([verify("false\ntrue"), verify('echo "$NOT_SET_ANYWHERE"')])

    assert (first.verdict, second.verdict) == ("red", "red")


def test_the_script_lies_beside_the_worktree_and_is_gone_afterwards(shop: Shop) -> None:
    (result,) = shop.run([verify('case "$0" in "$PWD"/*) exit 1;; esac; test -z "$(ls -A)"; test -f "$0"')])

    assert result.verdict == "green"
    assert list(shop.work.processes.iterdir()) == []


def test_a_program_is_run_without_a_shell(shop: Shop) -> None:
    log = shop.bench.evidence.log_path("program")

    asyncio.run(run_script(shop.bench, ("printf", "%s", "$HOME; *"), log))

    assert log.read_text() == "$HOME; *"


def test_another_exit_code_can_be_expected(shop: Shop) -> None:
    assert shop.judge(command("exit 3", exitCode=3)).verdict == "green"
    assert shop.judge(command("exit 0", exitCode=3)).verdict == "red"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sleep 60", "had not ended after 0.3 s"),
        ("kill -9 $$", "signal 9"),
        ("no-such-program-anywhere", "exit code 127"),
    ],
)
def test_a_command_that_does_not_end_by_itself_is_red_and_says_why(
    shop: Shop, script: str, words: str
) -> None:
    bench = shop.with_changes(deadline_seconds=0.3 if "sleep" in script else 60.0)

    (result,) = asyncio.run(run_checks(bench, [verify(script)]))

    assert result.verdict == "red"
    assert words in result.detail


def test_the_same_script_is_run_once_however_many_checks_judge_it(shop: Shop) -> None:
    script = "echo x >> count; exit 1"

    results = shop.run([verify(script)], [command(script), command(script, exitCode=1)])

    assert (shop.work.path / "count").read_text() == "x\n"
    assert [result.verdict for result in results] == ["red", "red", "green"]
    assert [result.reused for result in results] == [False, True, True]


def test_files_are_looked_at_after_all_commands_but_results_stand_as_listed(shop: Shop) -> None:
    report = '{"latency": {"p95/ms": 120}}'
    own: list[AcceptanceCheck] = [
        ArtifactCheck.model_validate({"type": "artifact", "path": "out.json", "expect": {"exists": True}}),
        MetricCheck.model_validate(
            {
                "type": "metric",
                "name": "latency",
                "report": "out.json",
                "pointer": "/latency/p95~1ms",
                "expect": {"lte": 150},
            }
        ),
        command(f"echo '{report}' > out.json"),
    ]

    results = shop.run([], own)

    assert [(result.kind, result.verdict) for result in results] == [
        ("artifact", "green"),
        ("metric", "green"),
        ("command", "green"),
    ]
    assert results[1].detail == "latency is 120"


def test_progress_tells_which_command_begins(shop: Shop) -> None:
    heard: list[ProgressLine] = []
    bench = shop.with_changes(on_progress=heard.append)

    asyncio.run(run_checks(bench, [verify("true"), verify("echo TASKS_PROGRESS 7 not mine")]))

    assert [(line.percent, line.name) for line in heard] == [
        (0, "true"),
        (50, "echo TASKS_PROGRESS 7 not mine"),
    ]


def test_known_secrets_are_in_no_log_and_in_no_excerpt(shop: Shop) -> None:
    evidence = shop.bench.evidence.__class__(shop.evidence_folder, "post_test", ("hunter2-and-more",))
    bench = shop.with_changes(evidence=evidence)

    (result,) = asyncio.run(run_checks(bench, [verify("echo hunter2-and-more; false")]))

    assert result.excerpt == "[REDACTED]"
    assert result.log is not None
    assert "hunter2" not in Path(result.log).read_text()


def test_a_long_script_is_named_by_its_beginning_and_two_of_them_differ() -> None:
    long = "echo " + "x" * 300

    assert check_name("  pytest -q\n") == "pytest -q"
    assert len(check_name(long)) <= 200
    assert check_name(long) != check_name(long + "y")


GREEN_RED_GREEN_GREEN = ("green", "red", "green", "green")
RED_RED_GREEN_UNKNOWN = ("red", "red", "green", "not_measurable")


def result_of(name: str, verdict: str) -> CheckResult:
    return CheckResult.model_validate(
        {"name": name, "kind": "verify", "verdict": verdict, "detail": "because"}
    )


def test_a_regression_is_what_was_green_before_and_is_not_any_more() -> None:
    before = [result_of(name, verdict) for name, verdict in zip("abcd", GREEN_RED_GREEN_GREEN, strict=True)]
    after = [result_of(name, verdict) for name, verdict in zip("abcd", RED_RED_GREEN_UNKNOWN, strict=True)]

    assert [check.name for check in compare(before, [*after, result_of("new", "red")])] == ["a", "d"]


def test_feedback_names_the_command_the_reason_and_what_it_printed() -> None:
    checks = [result_of("pytest -q", "red"), result_of("ok", "green"), result_of("unknown", "not_measurable")]

    feedback = feedback_from(checks, "post_test")

    assert [(item.rule, item.command, item.message) for item in feedback] == [
        ("verify", "pytest -q", "pytest -q: because"),
        ("verify", "unknown", "unknown: because"),
    ]
