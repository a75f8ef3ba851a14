"""The whole way of a task through git, in a repository whose configuration and hooks are against us."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from activities.landed_tasks import landed_tasks
from activities.landing import already_landed
from activities.plan_store import read_plan_files, store_plan
from activities.ref_updates import update_ref
from activities.run_preflight import check_repository, create_feature_branch
from activities.work_commit import checkpoint_name, collect_changes, snapshot_work
from activities.worktrees import detached_worktree, remove_run_worktrees, remove_worktree, reset_worktree
from planner.machine.git_commits import logged_commit
from planner.machine.git_reader import branch_tip, changed_paths
from planner.machine.repository_folders import RepositoryFolders, repository_id
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.unit.git.sample_repository import (
    AUTHOR,
    CONTENT,
    FEATURE,
    RUN,
    commit,
    git,
    head,
    land,
    work_on,
    write,
)

EVERY_HOOK = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-auto-gc",
    "post-rewrite",
    "post-index-change",
    "reference-transaction",
    "fsmonitor-watchman",
]


def _make_hostile(top: Path) -> Path:
    """Plant hooks that fail and leave a mark, and settings that would sign, ask or run something."""
    mark = top.parent / "a-hook-has-run"
    script = f"#!/bin/sh\necho $0 >> {mark}\nexit 1\n"
    for name in EVERY_HOOK:
        write(top / ".git/hooks" / name, script).chmod(0o755)
    settings = {
        "commit.gpgsign": "true",
        "tag.gpgsign": "true",
        "gpg.program": "/bin/false",
        "core.fsmonitor": str(top / ".git/hooks/fsmonitor-watchman"),
        "core.editor": "/bin/false",
        "core.splitIndex": "true",
        "merge.ff": "only",
        "status.showUntrackedFiles": "no",
        "diff.renames": "copies",
        "core.quotePath": "true",
        "branch.autoSetupMerge": "always",
        "worktree.guessRemote": "true",
        "submodule.recurse": "true",
        "log.showSignature": "true",
    }
    for name, value in settings.items():
        git(top, "config", name, value)
    return mark


def _leave_work_in_the_checkout(top: Path) -> None:
    write(top / "src/app.py", "print('stashed')\n")
    git(top, "stash")
    write(top / "README.md", "# Staged\n")
    git(top, "add", "README.md")
    write(top / "README.md", "# Edited after staging\n")
    write(top / "untracked.txt", "mine\n")
    write(top / "debug.log", "ignored\n")


def test_a_whole_cycle_lands_the_work_and_leaves_the_users_checkout_as_it_was(
    folders: RepositoryFolders, root: Path
) -> None:
    top = folders.top
    _leave_work_in_the_checkout(top)
    mark = _make_hostile(top)
    before = fingerprint(top)

    flight = check_repository(top, "HEAD", FEATURE, RUN)
    stored = store_plan(folders, {"tasks.json": b"{}"}, "PLAN-0123abcd", AUTHOR)
    assert read_plan_files(folders, stored) == {"tasks.json": b"{}"}
    base = create_feature_branch(folders, FEATURE, flight.base_commit)
    work = work_on(folders, root, "T1", base)
    write(work.path / "src/new.py", "print('new')\n")
    snapshot = snapshot_work(work, base, collect_changes(work, base).to_commit(), AUTHOR, "Checkpoint")
    update_ref(folders.common, checkpoint_name(RUN, "T1", 1, 50), snapshot, "checkpoint")
    made = commit(work, base, "T1")
    reset_worktree(work, made)
    scratch = detached_worktree(folders, root / "landing", made)
    assert (scratch.path / "src/new.py").read_text() == "print('new')\n"
    landed = land(folders, made, "T1")
    remove_worktree(folders, work)
    remove_run_worktrees(folders, root)

    assert branch_tip(folders.common, FEATURE) == landed
    assert [(change.status, change.path) for change in changed_paths(top, base, landed)] == [
        ("A", "src/new.py")
    ]
    assert already_landed(folders, FEATURE, base, RUN, "T1", CONTENT) == landed
    (task,), notes = landed_tasks(folders, FEATURE, base, {"T1": CONTENT})
    assert (task.task_id, task.commit, task.attempt, notes) == ("T1", landed, 1, ())
    assert not root.exists()
    assert fingerprint(top) == before
    assert not mark.exists(), mark.read_text()


def test_the_work_and_the_landing_are_by_the_user_and_carry_the_trailers(
    folders: RepositoryFolders, root: Path
) -> None:
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    work = work_on(folders, root, "T1", base)
    write(work.path / "a.txt", "a\n")
    made = commit(work, base, "T1")
    landed = land(folders, made, "T1")

    expected = {"Tasks-Run": RUN, "Tasks-Task": "T1", "Tasks-Attempt": "1", "Tasks-Content": CONTENT}
    assert logged_commit(folders.common, made).trailers == expected
    assert logged_commit(folders.common, landed).trailers == expected
    assert logged_commit(folders.common, landed).parents == (base, made)
    shown = git(
        folders.top, "log", "-1", "--format=%s|%an <%ae>|%cn|%(trailers:key=Tasks-Task,valueonly)", made
    )
    assert shown.strip() == f"T1: Do T1|{AUTHOR.name} <{AUTHOR.email}>|{AUTHOR.name}|T1"
    assert git(folders.top, "log", "-1", "--format=%s", landed) == "Land T1: Do T1"


def test_a_small_task_costs_few_git_processes(
    folders: RepositoryFolders, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    repository_id(folders)
    log = _count_git(tmp_path, monkeypatch)
    counts: dict[str, int] = {}

    def count(step: str) -> None:
        counts[step] = len(log.read_text().splitlines()) if log.exists() else 0
        log.unlink(missing_ok=True)

    work = work_on(folders, root, "T1", base)
    count("prepare")
    write(work.path / "a.txt", "a\n")
    changes = collect_changes(work, base)
    count("collect")
    assert changes.to_commit() == ("a.txt",)
    made = commit(work, base, "T1")
    count("collect and commit")
    assert already_landed(folders, FEATURE, base, RUN, "T1", CONTENT) is None
    land(folders, made, "T1")
    count("land")
    reset_worktree(work, made)
    count("reset")
    remove_worktree(folders, work)
    count("remove")
    most = {"prepare": 4, "collect": 1, "collect and commit": 6, "land": 5, "reset": 3, "remove": 1}
    assert {step: number for step, number in counts.items() if number > most[step]} == {}, counts


def _count_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a git first on PATH that writes a line into a file and then is the real one."""
    real = next(
        candidate for part in os.environ["PATH"].split(":") if (candidate := Path(part, "git")).is_file()
    )
    log = tmp_path / "calls"
    script = f'#!/bin/sh\necho "$*" >> {shlex.quote(str(log))}\nexec {real} "$@"\n'
    write(tmp_path / "bin/git", script).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return log
