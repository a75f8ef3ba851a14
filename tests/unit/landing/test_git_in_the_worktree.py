"""A task calls git in its worktree as it likes: its user's repository does not change, and its work lands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.small_project import PlannedProject, git, make_repository, plan_for, runbook, task
from tests.unit.landing.run_of_phases import load_run

BRANCH = "feature/change-the-app"
VERIFY = "```sh verify\ntest -f README.md\n```\n"
IDENTITY = "git config user.name Bot; git config user.email bot@example.org"
COMMON = '"$(git rev-parse --path-format=absolute --git-common-dir)"'

HOOK = "printf '#!/bin/sh\\nexit 1\\n'"
CALLS = {
    "commits by itself": f"{IDENTITY}; git add a.txt; git commit -qm wip",
    "commits on another branch": f"{IDENTITY}; git checkout -qb other; git add -A; git commit -qm x",
    "stashes": "echo b >> README.md; git stash -q; git stash list | grep -q stash",
    "drops every stash": "git stash clear",
    "collects garbage": "git reflog expire --expire=now --all; git gc -q --prune=now",
    "repacks alone": "git repack -qadf",
    "configures": "git config user.name Mallory; git config core.hooksPath .hooks; git config core.bare true",
    "plants a hook": f"{HOOK} > {COMMON}/hooks/post-checkout; chmod +x {COMMON}/hooks/post-checkout",
    "excludes": f"mkdir -p {COMMON}/info; echo '*.txt' >> {COMMON}/info/exclude",
    "moves branches": "git branch -f main HEAD~0; git branch -D mine; git tag -d v1; git tag mine",
    "moves the feature branch": f"{IDENTITY}; git commit -qm x --allow-empty; git branch -f {BRANCH} @",
    "checks the feature branch out": f"git checkout -q {BRANCH}",
    "updates refs": "git update-ref refs/heads/mine HEAD; git pack-refs --all",
    "prunes worktrees": "git worktree prune --expire=now; git worktree list",
    "adds a worktree": "git worktree add -q ../of-the-task; git worktree remove --force ../of-the-task",
    "fetches": "git remote add again ../../../project; git fetch -q again",
    "begins again": "rm -rf .git; git init -q; git add -A",
    "writes another .git file": "echo 'gitdir: /nowhere' > .git",
    "hides its work": "git add a.txt; git update-index --assume-unchanged a.txt; git rm -rq --cached .",
    "leaves a lock": "touch $(git rev-parse --absolute-git-dir)/index.lock",
    "spoils its configuration": "git pack-refs --all; echo '[nonsense' > $(git rev-parse --git-dir)/config",
    "deletes its repository": "rm -rf $(git rev-parse --absolute-git-dir)",
    "leaves a merge unfinished": f"""{IDENTITY}
        git checkout -qb side; echo s > README.md; git commit -qam s
        git checkout -q -; echo t > README.md; git commit -qam t
        git merge side || git checkout -q HEAD~1 -- README.md; echo '# App' > README.md""",
}


def project_of(tmp_path: Path, script: str, check: str = "grep -q a a.txt") -> PlannedProject:
    repository = make_repository(tmp_path / "code/project", {"README.md": "# App\n"})
    git(repository, "branch", "mine")
    git(repository, "tag", "-a", "-m", "one", "v1")
    (repository / "README.md").write_text("# Stashed\n")
    git(repository, "stash", "-q")
    text = runbook(task("Write a", script, check, id="A"), verify=VERIFY)
    return plan_for(repository, tmp_path / "plan", text)


@pytest.mark.parametrize("script", CALLS.values(), ids=CALLS)
def test_a_task_that_calls_git_lands_its_files_and_changes_nothing_else(tmp_path: Path, script: str) -> None:
    project = project_of(tmp_path, f"echo a > a.txt\n{script}\ntest -e a.txt || echo a > a.txt")
    before = fingerprint(project.repository)
    branches = git(project.repository, "branch", "--list", "--format=%(refname)")
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    run.finish()
    assert fingerprint(project.repository) == before
    assert git(project.repository, "diff", "--name-status", "HEAD", BRANCH) == "A\ta.txt"
    made = set(git(project.repository, "branch", "--list", "--format=%(refname)").split())
    assert made - set(branches.split()) == {f"refs/heads/{BRANCH}", "refs/heads/task/run-1/A-write-a"}
    landed = git(project.repository, "log", "-1", "--format=%an %s", BRANCH)
    assert landed == "Ada Land A: Write a", "whatever the task configured"


def test_a_check_that_calls_git_changes_nothing_either(tmp_path: Path) -> None:
    check = (
        "git stash list; git stash clear; git tag seen; git config a.b c; git branch -D mine; grep -q a a.txt"
    )
    project = project_of(tmp_path, "echo a > a.txt", check)
    before = fingerprint(project.repository)
    load_run(project, tmp_path / "state").complete("A")
    assert fingerprint(project.repository) == before


def test_a_task_sees_the_history_the_branches_the_tags_and_the_settings_of_its_user(tmp_path: Path) -> None:
    script = """
        test "$(git rev-parse HEAD)" = "$(git rev-parse main)"
        test "$(git rev-parse mine)" = "$(git rev-parse HEAD)"
        test "$(git describe)" = v1
        test "$(git config my.setting)" = seen
        test "$(git rev-parse --abbrev-ref HEAD)" = task/run-1/A-write-a
        test -z "$(git status --porcelain)"
        echo a > a.txt
        test "$(git status --porcelain)" = '?? a.txt'
    """
    check = (
        'test "$(git log --format=%s -1 HEAD~0)" != Begin && test "$(git log --format=%s -1 main)" = Begin'
    )
    project = project_of(tmp_path, script, check)
    git(project.repository, "config", "my.setting", "seen")
    load_run(project, tmp_path / "state").complete("A")


def test_a_task_does_not_see_the_branches_of_other_tasks_and_sees_its_own(tmp_path: Path) -> None:
    script = """
        git branch --list --format='%(refname:short)' > seen.txt
        printf '%s\\n' feature/change-the-app main mine task/run-1/A-write-a | diff - seen.txt
        rm seen.txt; echo a > a.txt
    """
    project = project_of(tmp_path, script)
    git(project.repository, "branch", "task/run-0/B-not-accepted")
    load_run(project, tmp_path / "state").complete("A")


def test_the_worktrees_repository_goes_with_the_worktree(tmp_path: Path) -> None:
    project = project_of(tmp_path, "echo a > a.txt")
    run = load_run(project, tmp_path / "state")
    work = run.complete("A")
    assert work.lease is not None
    root = Path(work.lease.worktree).parent
    assert list(root.glob("A.1.repository"))
    run.finish()
    assert not root.exists()
    assert git(project.repository, "worktree", "list").count("\n") == 0
