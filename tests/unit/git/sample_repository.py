"""A real repository for tests, and the steps of a task on it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from activities.landing import MergeCandidate, merge_candidate, move_branch
from activities.run_preflight import create_feature_branch
from activities.task_commits import TaskTrailers, landing_message, work_message
from activities.work_commit import collect_changes, commit_work
from activities.worktrees import prepare_worktree
from planner.machine.git_reader import Identity, branch_tip
from planner.machine.repository_folders import RepositoryFolders, open_repository
from planner.machine.work_folder import WorkFolder

AUTHOR = Identity("Ada Example", "ada@example.org")
FEATURE = "feature/sample-1"
RUN = "run-1"
CONTENT = "0123456789abcdef"


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    """Run git as its user would, and return what it printed."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, input=data, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr)
    return os.fsdecode(done.stdout).strip("\n")


def make_repository(top: Path) -> Path:
    """Make a repository with two commits."""
    top.mkdir(parents=True)
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "user.name", AUTHOR.name)
    git(top, "config", "user.email", AUTHOR.email)
    write(top / "README.md", "# Sample\n")
    write(top / "src/app.py", "print('one')\n")
    write(top / ".gitignore", "*.log\n/build/\n")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "-m", "Begin")
    write(top / "src/app.py", "print('two')\n")
    git(top, "commit", "--quiet", "-am", "Say two")
    return top


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


def files_of(folder: Path, commit: str) -> dict[str, str]:
    """Return mode and path of every file of a commit."""
    lines = git(folder, "-c", "core.quotePath=false", "ls-tree", "-r", commit).splitlines()
    return {line.split("\t")[1]: line.split(" ")[0] for line in lines}


def trailers(task: str, attempt: int = 1, content: str = CONTENT, run: str = RUN) -> TaskTrailers:
    return TaskTrailers(run, task, attempt, content)


def branch_of(task: str) -> str:
    return f"task/{RUN}/{task}-sample"


def work_on(folders: RepositoryFolders, root: Path, task: str, start: str | None = None) -> WorkFolder:
    """Return a prepared worktree for a task."""
    base = start or create_feature_branch(folders, FEATURE, head(folders.top))
    work = WorkFolder(root / f"{task}.1")
    prepare_worktree(folders, work, branch_of(task), base, f"token-{task}")
    return work


def commit(work: WorkFolder, base: str, task: str) -> str:
    """Commit everything an agent left in the worktree."""
    paths = collect_changes(work, base).to_commit()
    made = commit_work(work, base, paths, AUTHOR, work_message(f"Do {task}", trailers(task)))
    assert made is not None
    return made


def land(folders: RepositoryFolders, made: str, task: str) -> str:
    tip = branch_tip(folders.common, FEATURE)
    assert tip is not None
    merged = merge_candidate(folders, tip, made, landing_message(f"Do {task}", trailers(task)), AUTHOR)
    assert isinstance(merged, MergeCandidate)
    assert move_branch(folders, FEATURE, merged.commit, tip)
    return merged.commit


def land_edit(folders: RepositoryFolders, root: Path, task: str, path: str, text: str) -> str:
    """Do a whole task that writes one file, and return its landing."""
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    work = work_on(folders, root, task, branch_tip(folders.common, FEATURE) or base)
    start = branch_tip(folders.common, FEATURE)
    assert start is not None
    write(work.path / path, text)
    return land(folders, commit(work, start, task), task)


def opened(top: Path) -> RepositoryFolders:
    return open_repository(top)
