"""A check that is red, and green on the same tree when it is run once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.settings import FlakyPolicy
from tests.small_project import plan_project, runbook, task
from tests.unit.landing.run_of_phases import load_run

QUIET = "```sh verify\ntest -f README.md\n```\n"


def red_at(folder: Path, *runs: int) -> str:
    """Return a script that is red at these of its runs; the first is on the base, before the work."""
    cases = "|".join(str(run) for run in runs)
    return f"echo x >> {folder}/runs; case $(wc -l < {folder}/runs) in {cases}) echo unlucky; exit 1;; esac"


def runs_of(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


@pytest.mark.parametrize("policy", ["reject", "accept"])
def test_a_flaky_check_of_the_task_counts_as_the_setting_says(tmp_path: Path, policy: FlakyPolicy) -> None:
    own = red_at(tmp_path, 2)
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", own, id="A"), verify=QUIET))
    run = load_run(project, tmp_path / "state", flaky_checks=policy)
    work = run.task("A")
    work.run()
    assert work.cycle.outcome == "completed"
    assert work.cycle.spent == (2 if policy == "reject" else 1)
    if policy == "reject":
        (feedback,) = work.cycle.feedback
        assert "flaky: red, then green on the same tree; it counts as red" in feedback.message
        assert feedback.excerpt == "unlucky"
    else:
        assert [note for note in work.notes if "flaky" in note]
    # On the base, red, green; a whole new attempt when it counts as red; one more run for the landing.
    assert runs_of(tmp_path) == (5 if policy == "reject" else 4)
    evidence = project.repository / ".git/tasks/run-1/A/1"
    (checks,) = evidence.glob("*post_test-checks.json")
    assert '"flaky": true' in checks.read_text()


def test_a_check_that_is_red_twice_is_no_flake_and_is_not_run_a_third_time(tmp_path: Path) -> None:
    own = red_at(tmp_path, 2, 3)
    text = runbook(task("Write a", "echo a > a.txt", own, id="A", max_retries=0), verify=QUIET)
    run = load_run(plan_project(tmp_path, text), tmp_path / "state", flaky_checks="accept")
    work = run.task("A")
    work.run()
    assert (work.cycle.outcome, work.notes, runs_of(tmp_path)) == ("failed", (), 3)
    assert "flaky" not in work.cycle.feedback[0].message


def test_the_second_run_sees_the_tree_and_not_what_the_first_left_in_it(tmp_path: Path) -> None:
    # Green only when an earlier run has left its mark: on the same tree it is red again.
    own = "test -e left-behind || { touch left-behind; exit 1; }"
    text = runbook(task("Write a", "echo a > a.txt", own, id="A", max_retries=0), verify=QUIET)
    work = load_run(plan_project(tmp_path, text), tmp_path / "state", flaky_checks="accept").task("A")
    work.run()
    assert (work.cycle.outcome, work.notes) == ("failed", ())


def test_a_check_that_was_stopped_at_its_deadline_is_not_run_again(tmp_path: Path) -> None:
    own = f"echo x >> {tmp_path}/runs; test $(wc -l < {tmp_path}/runs) -ne 2 || sleep 600"
    text = runbook(
        task("Write a", "echo a > a.txt", own, id="A", max_retries=0, timeout_minutes=0.05), verify=QUIET
    )
    work = load_run(plan_project(tmp_path, text), tmp_path / "state", flaky_checks="accept").task("A")
    work.run()
    assert (work.cycle.outcome, runs_of(tmp_path)) == ("failed", 2)
    assert "had not ended after" in work.cycle.feedback[0].message


@pytest.mark.parametrize(("policy", "outcome"), [("reject", "red"), ("accept", "landed")])
def test_a_verify_command_that_is_flaky_in_the_landing_counts_as_the_setting_says(
    tmp_path: Path, policy: FlakyPolicy, outcome: str
) -> None:
    # Base, post_test of A and of B, landing of A; then the landing of B: red, green.
    flaky = red_at(tmp_path, 5)
    text = runbook(
        task("Write a", "echo a > a.txt", id="A"),
        task("Write b", "echo b > b.txt", id="B"),
        verify=f"```sh verify\n{flaky}\n```\n",
    )
    run = load_run(plan_project(tmp_path, text), tmp_path / "state", flaky_checks=policy)
    first, second = run.task("A"), run.task("B")
    first.run_until("land")
    second.run_until("land")
    first.run()
    assert runs_of(tmp_path) == 4
    second.step()
    assert second.landed is not None if outcome == "landed" else second.landed is None
    assert [note for note in second.notes if "flaky" in note]
    flags = [check.flaky for check in second.checks if check.kind == "verify"]
    assert flags == [True]
    if outcome == "red":
        assert "flaky" in second.cycle.feedback[0].message
        assert second.cycle.spent == 1
