"""Kill the process that does a task at every single call of git, and let another one go on (promise 2)."""

from __future__ import annotations

import multiprocessing
import os
import shlex
import signal
from pathlib import Path

import pytest

from activities.landed_tasks import landed_tasks
from activities.landing import already_landed
from activities.run_preflight import create_feature_branch
from activities.worktrees import remove_worktree
from planner.machine.git_reader import branch_tip
from planner.machine.repository_folders import RepositoryFolders
from planner.machine.work_folder import WorkFolder
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.unit.git.sample_repository import (
    CONTENT,
    FEATURE,
    RUN,
    commit,
    files_of,
    git,
    head,
    land,
    work_on,
    write,
)

MOST_CALLS = 40


def do_task(folders: RepositoryFolders, root: Path, start: str) -> None:
    """Do the whole task; run again, it does what is missing."""
    base = create_feature_branch(folders, FEATURE, start)
    if already_landed(folders, FEATURE, start, RUN, "T1", CONTENT) is None:
        work = work_on(folders, root, "T1", base)
        write(work.path / "src/new.py", "print('new')\n")
        (work.path / "README.md").unlink()
        land(folders, commit(work, base, "T1"), "T1")
    remove_worktree(folders, WorkFolder(root / "T1.1"))


def _plant_killer(folder: Path, moment: str) -> Path:
    """Put a git on PATH that kills who called it, at the call whose number stands in a file."""
    real = next(found for part in os.environ["PATH"].split(":") if (found := Path(part, "git")).is_file())
    left = folder / "calls-left"
    script = f"""#!/bin/sh
left=$(($(cat {shlex.quote(str(left))}) - 1))
echo $left > {shlex.quote(str(left))}
if [ $left -eq 0 ] && [ {moment} = before ]; then kill -9 $PPID; exit 1; fi
{real} "$@"
code=$?
if [ $left -eq 0 ]; then kill -9 $PPID; fi
exit $code
"""
    write(folder / "bin/git", script).chmod(0o755)
    return left


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_task_that_is_killed_at_any_call_of_git_is_landed_exactly_once(
    folders: RepositoryFolders, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    start, before = head(folders.top), fingerprint(folders.top)
    left = _plant_killer(tmp_path, moment)
    outer = os.environ["PATH"]
    killed = 0
    for call in range(1, MOST_CALLS):
        left.write_text(str(call))
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{outer}")
        worker = multiprocessing.get_context("fork").Process(target=do_task, args=(folders, root, start))
        worker.start()
        worker.join(60)
        monkeypatch.setenv("PATH", outer)
        if worker.exitcode == 0:
            break
        assert worker.exitcode == -signal.SIGKILL
        killed += 1
        do_task(folders, root, start)
        _assert_landed_once(folders, root, start)
        assert fingerprint(folders.top) == before
        _begin_again(folders)
    assert killed >= 10, "the task calls git so often, and was killed at each call"


def _assert_landed_once(folders: RepositoryFolders, root: Path, start: str) -> None:
    tip = branch_tip(folders.common, FEATURE)
    assert tip is not None
    (landed,), notes = landed_tasks(folders, FEATURE, start, {"T1": CONTENT})
    assert (landed.commit, notes) == (tip, ())
    assert git(folders.top, "rev-list", "--count", f"{start}..{tip}") == "2"
    assert set(files_of(folders.top, tip)) == {".gitignore", "src/app.py", "src/new.py"}
    assert list(root.iterdir()) == []
    assert git(folders.top, "worktree", "list").count("\n") == 0


def _begin_again(folders: RepositoryFolders) -> None:
    for ref in git(
        folders.top, "for-each-ref", "--format=%(refname)", "refs/heads/feature", "refs/heads/task"
    ).split():
        git(folders.top, "update-ref", "-d", ref)
