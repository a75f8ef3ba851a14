"""Whatever is done to the files of a worktree: the commit holds it, and a reset undoes it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.task_commits import work_message
from activities.work_commit import CommitOptions, collect_changes, commit_work
from activities.worktrees import reset_worktree
from tests.unit.git.sample_repository import AUTHOR, git, head, make_repository, opened, trailers, work_on

NAMES = (
    "README.md",
    "src",
    "src/app.py",
    "src/deep/a.txt",
    "new",
    "new/b",
    "caf\udce9",
    ".gitignore",
    "x.log",
)
KINDS = ("file", "other file", "executable", "link", "folder link", "gone")
EDITS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(KINDS)), min_size=1, max_size=6)


def apply(top: Path, name: str, kind: str) -> None:
    """Do one edit; whatever stands where a folder must be is replaced by one."""
    path = top / name
    for parent in reversed([parent for parent in path.parents if top in parent.parents]):
        if parent.is_symlink() or parent.is_file():
            parent.unlink()
        parent.mkdir(exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    match kind:
        case "gone":
            pass
        case "link" | "folder link":
            path.symlink_to("README.md" if kind == "link" else "/etc")
        case _:
            path.write_text("same size\n" if kind == "file" else "size same\n")
            path.chmod(0o755 if kind == "executable" else 0o644)


def snapshot(top: Path) -> dict[str, tuple[str, bytes]]:
    """Return mode and content of every file, as git sees them."""
    found: dict[str, tuple[str, bytes]] = {}
    for folder, names, files in os.walk(top):
        for name in [*files, *(name for name in names if Path(folder, name).is_symlink())]:
            path = Path(folder, name)
            if path == top / ".git":
                continue
            if path.is_symlink():
                found[str(path.relative_to(top))] = ("120000", os.fsencode(path.readlink()))
            else:
                mode = "100755" if path.stat().st_mode & stat.S_IXUSR else "100644"
                found[str(path.relative_to(top))] = (mode, path.read_bytes())
    return found


@settings(max_examples=25, deadline=None)
@given(EDITS)
def test_the_commit_is_the_worktree_and_a_reset_is_the_start(edits: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folders = opened(make_repository(Path(scratch).resolve() / "code/sample"))
        base = head(folders.top)
        work = work_on(folders, Path(scratch).resolve() / "trees", "T1", base)
        start = snapshot(work.path)
        for name, kind in edits:
            apply(work.path, name, kind)
        wanted = snapshot(work.path)
        ignored = set(collect_changes(work, base).ignored)
        paths = collect_changes(work, base).to_commit()
        made = commit_work(
            work, base, paths, AUTHOR, work_message("Edit", trailers("T1")), CommitOptions(allow_empty=True)
        )
        assert made is not None
        folder = Path(scratch) / "exported"
        git(folders.top, "worktree", "add", "--quiet", "--detach", str(folder), made)
        expected = {name: value for name, value in wanted.items() if name not in ignored}
        assert snapshot(folder) == expected
        reset_worktree(work, base)
        assert snapshot(work.path) == start
