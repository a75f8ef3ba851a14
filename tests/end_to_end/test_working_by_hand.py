"""`tasks done`, `approve` and `reject`, and the same by Temporal's own command."""

from __future__ import annotations

import re
from pathlib import Path

from tests.end_to_end.user_machine import UserMachine
from tests.end_to_end.waiting import wait_until
from tests.small_project import PlannedProject, git, plan_project, runbook

BY_HAND = (
    "## Write {name}\n\n```yaml task\nid: {name}\nexecutor: manual\nreviewer: human\n```\n\n"
    "```sh check\ntest -s {name}.txt\n```\n\n"
)
RUN = "by-hand"


def reason_of(machine: UserMachine, name: str, words: str) -> str:
    """Wait until a task waits for something, and return what it says."""

    def reason() -> str:
        rows = {row["id"]: row for row in machine.json("status", RUN)["tasks"]}
        row = rows.get(name)  # none until the plan is loaded
        return row["reason"] or "" if row and row["state"] == "paused" else ""

    wait_until(lambda: words in reason(), f"{name} {words}")
    return reason()


def start_and_write(machine: UserMachine, project: PlannedProject, told: Path) -> None:
    """Start the run, and write the file of each task into its worktree."""
    started = machine.tasks(
        *("execute", project.plan_folder, "--repo", project.repository, "--run-id", RUN, "--detach"),
        TASKS_NOTIFY=f'echo "$TASKS_TASK_ID $TASKS_WAITING_FOR" >> {told}',
    )
    assert started.returncode == 0, started.stderr
    for name in ("A", "B"):
        words = reason_of(machine, name, "waits for your work")
        place = re.findall(r"work in (\S+?);", words)[0]
        assert f"tasks done {RUN} {name}" in words
        Path(place, f"{name}.txt").write_text("written by a person\n")


def do_and_have_it_rejected(machine: UserMachine, project: PlannedProject) -> None:
    """Take A through its first attempt, with every answer that does not fit refused."""
    early = machine.tasks("approve", RUN, "A")
    assert (early.returncode, early.stdout) == (1, "")
    assert "waits for your work, not for your review" in early.stderr
    done = machine.tasks("done", RUN, "A")
    assert done.returncode == 0, done.stderr
    assert "A goes on" in done.stdout
    words = reason_of(machine, "A", "waits for your review")
    assert machine.tasks("done", RUN, "A").returncode == 1
    look = re.findall(r"`git -C \S+ diff (\w+) (\w+)`", words)[0]
    assert "written by a person" in git(project.repository, "diff", *look)
    assert machine.tasks("reject", RUN, "A").returncode == 1
    sent_back = machine.tasks("reject", RUN, "A", "--reason", "no capital letter")
    assert sent_back.returncode == 0, sent_back.stderr
    assert "your earlier work was brought back" in reason_of(machine, "A", "waits for your work")


def answer_by_temporal(machine: UserMachine) -> None:
    """Take A through its second attempt with Temporal's own command."""
    update = ("workflow", "update", "execute", "--workflow-id", f"{RUN}/A/1", "--input", '{"message": "hm"}')
    assert machine.temporal(*update, "--name", "done").returncode == 0
    reason_of(machine, "A", "waits for your review")
    assert machine.temporal(*update, "--name", "approve").returncode == 0
    assert machine.temporal(*update, "--name", "approve").returncode != 0


def test_two_tasks_are_done_and_reviewed_by_a_person(shared_machine: UserMachine, tmp_path: Path) -> None:
    project = plan_project(tmp_path, runbook(*(BY_HAND.format(name=name) for name in ("A", "B"))))
    told = tmp_path / "told"
    start_and_write(shared_machine, project, told)
    do_and_have_it_rejected(shared_machine, project)
    explained = shared_machine.tasks("explain", RUN, "A").stdout
    assert "waits for your work" in explained
    assert "no capital letter" in explained
    assert "sent back before: " in shared_machine.tasks("status", RUN).stdout
    answer_by_temporal(shared_machine)
    assert shared_machine.tasks("done", RUN, "B").returncode == 0
    reason_of(shared_machine, "B", "waits for your review")
    assert shared_machine.tasks("approve", RUN, "B", "-m", "fine").returncode == 0
    ended = shared_machine.tasks("status", RUN, "--watch")
    assert ended.returncode == 0, ended.stderr
    assert sorted(project.landed()) == ["Land A: Write A", "Land B: Write B"]
    assert sorted(set(told.read_text().splitlines())) == ["A review", "A work", "B review", "B work"]
    late = shared_machine.tasks("done", RUN, "A")
    assert (late.returncode, late.stdout) == (1, "")
    assert "has ended" in late.stderr
    unknown = shared_machine.tasks("approve", "nothing", "A")
    assert unknown.returncode == 1
    assert "there is no run 'nothing'" in unknown.stderr
