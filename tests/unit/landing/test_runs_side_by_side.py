"""Two runs, or a run and its user, at work on one repository at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from activities.kept_requests import keep_request, remembered_branch
from activities.landed_tip import remembered_tip
from planner.machine.repository_folders import open_repository
from schemas.errors import RepositoryUnusable
from schemas.execution import Phase
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.small_project import PlannedProject, git, make_repository, plan_for, runbook, task
from tests.unit.landing.run_of_phases import load_run

BRANCH = "feature/change-the-app"
VERIFY = "```sh verify\ntest -f README.md\n```\n"
FILES = {"README.md": "# App\n", "lines.txt": "one\ntwo\nthree\n"}
TWO = (task("Write a", "echo a > a.txt", id="A"), task("Write b", "echo b > b.txt", id="B"))


def planned(tmp_path: Path, *sections: str, title: str = "Change the app") -> PlannedProject:
    """Plan for the one repository of a test."""
    place = tmp_path / "code/project"
    repository = place if place.exists() else make_repository(place, FILES)
    return plan_for(
        repository, tmp_path / title.replace(" ", "-"), runbook(*sections, title=title, verify=VERIFY)
    )


def files_on(project: PlannedProject, branch: str) -> set[str]:
    return set(git(project.repository, "ls-tree", "-r", "--name-only", branch).split()) - set(FILES)


@pytest.mark.parametrize("same_plan", [True, False], ids=["the same plan", "two plans"])
def test_two_runs_land_on_two_branches_at_once(tmp_path: Path, *, same_plan: bool) -> None:
    first = planned(tmp_path, *TWO)
    second = first if same_plan else planned(tmp_path, *TWO, title="Another title")
    before = fingerprint(first.repository)
    runs = [
        load_run(first, tmp_path / "state", "run-1", "feature/one"),
        load_run(second, tmp_path / "state", "run-2", "feature/two"),
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda work: work.run(), [run.task(name) for run in runs for name in "AB"]))
    for run in runs:
        run.finish()
    assert fingerprint(first.repository) == before
    for number, branch in (("1", "feature/one"), ("2", "feature/two")):
        assert files_on(first, branch) == {"a.txt", "b.txt"}
        trailers = git(
            first.repository, "log", "--format=%(trailers:key=Tasks-Run,valueonly)", f"main..{branch}"
        )
        assert set(trailers.split()) == {f"run-{number}"}
    assert git(first.repository, "worktree", "list").count("\n") == 0


def test_a_branch_belongs_to_one_run_until_that_has_ended(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    load_run(project, tmp_path / "state", "run-1")
    load_run(project, tmp_path / "state", "run-1")
    before = fingerprint(project.repository)
    with pytest.raises(RepositoryUnusable, match=f"the run run-1 works on {BRANCH}") as caught:
        load_run(project, tmp_path / "state", "run-2")
    assert "tasks cancel run-1" in caught.value.hint
    assert fingerprint(project.repository) == before
    load_run(project, tmp_path / "state", "run-2", ended=["run-1"]).complete("A")


def test_of_many_runs_that_ask_for_one_branch_at_once_one_gets_it(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    together = threading.Barrier(6)

    def begin(number: int) -> bool:
        together.wait()
        try:
            load_run(project, tmp_path / "state", f"run-{number}")
        except RepositoryUnusable:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(begin, range(6))) == 1


def test_a_run_takes_a_branch_only_while_no_other_run_does(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    folders = open_repository(project.repository)
    request = project.request.model_copy(update={"branch": BRANCH})
    taking = threading.Thread(target=keep_request, args=(folders, "run-1", request, lambda _: False))
    with FileLock(folders.locks / "requests.lock"):
        taking.start()
        taking.join(0.5)
        assert remembered_branch(folders, "run-1") is None
    taking.join()
    assert remembered_branch(folders, "run-1") == BRANCH


def test_the_first_conflict_is_redone_for_free_and_the_second_is_charged(tmp_path: Path) -> None:
    # Each changes the second line to its own name, whatever stands there.
    sections = [task(f"Be {name}", f"sed -i 2s/.*/{name}/ lines.txt", id=name) for name in "ABC"]
    project = planned(tmp_path, *sections)
    before = fingerprint(project.repository)
    run = load_run(project, tmp_path / "state")
    first, second, third = (run.task(name) for name in "ABC")
    for work in (first, second, third):
        work.run_until("land")
    second.run()
    first.step()
    (feedback,) = first.cycle.feedback
    assert (first.cycle.phase, first.cycle.attempt, first.cycle.spent) == ("pre_test", 2, 0)
    assert (feedback.rule, "lines.txt" in feedback.message) == ("conflict", True)
    assert "A" in feedback.excerpt
    assert "B" in feedback.excerpt
    first.run_until("land")
    assert first.base == second.landed, "it was redone on the new tip"
    third.step()
    third.run_until("land")
    third.run()
    first.step()
    assert (first.cycle.phase, first.cycle.attempt, first.cycle.spent) == ("pre_test", 3, 1)
    first.run()
    assert (first.cycle.outcome, first.cycle.spent, third.cycle.spent) == ("completed", 2, 1)
    assert git(project.repository, "show", f"{BRANCH}:lines.txt") == "one\nA\nthree"
    assert project.landed() == ["Land B: Be B", "Land C: Be C", "Land A: Be A"]
    assert fingerprint(project.repository) == before


def test_the_user_commits_and_pushes_the_base_while_a_task_is_done(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    repository = project.repository
    git(repository, "clone", "-q", "--bare", str(repository), str(tmp_path / "remote.git"))
    git(repository, "remote", "add", "origin", str(tmp_path / "remote.git"))
    run = load_run(project, tmp_path / "state")
    work = run.task("A")
    phases: tuple[Phase, ...] = ("develop", "review", "post_test", "land")
    for phase in phases:
        work.run_until(phase)
        (repository / "README.md").write_text(f"# Changed before {phase}\n")
        git(repository, "commit", "-qam", f"Before {phase}")
        git(repository, "push", "-q", "-u", "origin", "main")
    before = fingerprint(repository)
    work.run()
    run.complete("B")
    run.finish()
    assert fingerprint(repository) == before
    assert git(tmp_path / "remote.git", "rev-parse", "main") == git(repository, "rev-parse", "main")
    assert git(tmp_path / "remote.git", "branch", "--list", "--format=%(refname:short)") == "main"
    assert git(repository, "merge-base", "main", BRANCH) == run.context.base_commit
    assert files_on(project, BRANCH) == {"a.txt", "b.txt"}
    git(repository, "merge", "-q", "--no-edit", BRANCH)
    assert git(repository, "show", "HEAD:README.md") == "# Changed before land"


def on_the_branch(project: PlannedProject, tmp_path: Path, name: str) -> str:
    """Commit a file on the feature branch as a user does it: in a worktree, which then lets the branch go."""
    mine = tmp_path / f"mine-{name}"
    git(project.repository, "worktree", "add", "-q", str(mine), BRANCH)
    (mine / name).write_text("by hand\n")
    git(mine, "add", name)
    git(mine, "commit", "-qm", f"Add {name} by hand")
    made = git(mine, "rev-parse", "HEAD")
    git(project.repository, "worktree", "remove", str(mine))
    return made


def test_what_the_user_commits_on_the_feature_branch_is_built_upon_and_kept(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    run = load_run(project, tmp_path / "state")
    first, second = run.task("A"), run.task("B")
    first.run_until("land")
    made = on_the_branch(project, tmp_path, "mine.txt")
    first.run()
    second.run_until("land")
    later = on_the_branch(project, tmp_path, "later.txt")
    second.run()
    assert (first.cycle.spent, second.cycle.spent) == (1, 1)
    assert files_on(project, BRANCH) == {"a.txt", "b.txt", "mine.txt", "later.txt"}
    line = git(project.repository, "log", "--first-parent", "--format=%s", f"main..{BRANCH}").splitlines()
    assert line == ["Land B: Write b", "Add later.txt by hand", "Land A: Write a", "Add mine.txt by hand"]
    assert {made, later} <= set(git(project.repository, "rev-list", BRANCH).split())
    again = load_run(project, tmp_path / "state")
    assert again.context.branch == BRANCH, "the run is resumed with the user's commits on it"


@pytest.mark.parametrize("phase", ["pre_test", "land"])
def test_a_branch_that_lost_a_landing_stops_the_run_and_says_how_to_go_on(tmp_path: Path, phase: str) -> None:
    project = planned(tmp_path, *TWO)
    run = load_run(project, tmp_path / "state")
    second = run.task("B")
    if phase == "land":
        second.run_until("land")
    landed = run.complete("A").landed
    assert landed is not None
    git(project.repository, "branch", "-f", BRANCH, "main")
    before = fingerprint(project.repository)
    with pytest.raises(RepositoryUnusable, match="was moved back or rewritten") as caught:
        second.run()
    assert f"git branch -f {BRANCH} {landed[:12]}" in caught.value.hint
    assert git(project.repository, "rev-parse", BRANCH) == git(project.repository, "rev-parse", "main")
    assert fingerprint(project.repository) == before
    git(project.repository, "branch", "-f", BRANCH, landed)
    second.run()
    assert files_on(project, BRANCH) == {"a.txt", "b.txt"}


def test_a_run_that_is_resumed_after_its_branch_was_moved_back_does_again_what_is_missing(
    tmp_path: Path,
) -> None:
    project = planned(tmp_path, *TWO)
    load_run(project, tmp_path / "state").complete("A")
    git(project.repository, "branch", "-f", BRANCH, "main")
    again = load_run(project, tmp_path / "state")
    again.complete("B")
    again.complete("A")
    assert files_on(project, BRANCH) == {"a.txt", "b.txt"}


def test_a_branch_that_was_deleted_stops_the_run_and_names_the_commit(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    run = load_run(project, tmp_path / "state")
    landed = run.complete("A").landed
    git(project.repository, "branch", "-D", BRANCH)
    git(project.repository, "gc", "-q", "--prune=now")
    with pytest.raises(RepositoryUnusable, match="is gone") as caught:
        run.task("B").run()
    assert f"git branch {BRANCH} {landed}" in caught.value.hint
    git(project.repository, "branch", BRANCH, str(landed))
    run.complete("B")


def test_where_the_run_left_its_branch_is_remembered_with_each_landing(tmp_path: Path) -> None:
    project = planned(tmp_path, *TWO)
    folders = open_repository(project.repository)
    assert remembered_tip(folders, "run-1") is None
    run = load_run(project, tmp_path / "state")
    assert remembered_tip(folders, "run-1") == run.context.base_commit
    landed = run.complete("A").landed
    assert remembered_tip(folders, "run-1") == landed
