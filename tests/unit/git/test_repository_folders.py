from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from planner.machine.git_worktrees import worktree_git_dir
from planner.machine.repository_folders import (
    RepositoryFolders,
    evidence_folder,
    open_repository,
    reopen_repository,
    repository_id,
    worktrees_root,
)
from schemas.errors import InvalidArguments, RepositoryUnusable
from tests.unit.git.sample_repository import git, make_repository, opened


def test_the_id_of_a_repository_is_made_once_even_by_sixteen_at_once(folders: RepositoryFolders) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: repository_id(folders), range(64)))
    assert len(made) == 1
    assert len(made.pop()) == 12
    assert [file.name for file in folders.tasks.iterdir()] == ["repository-id"]


def test_the_id_survives_a_move_of_the_repository(folders: RepositoryFolders, tmp_path: Path) -> None:
    made = repository_id(folders)
    folders.top.rename(tmp_path / "moved")
    assert repository_id(opened(tmp_path / "moved")) == made


def test_worktrees_lie_beside_the_repository(folders: RepositoryFolders, tmp_path: Path) -> None:
    root = worktrees_root(folders, "run-1", tmp_path / "state")
    assert root == folders.top.parent / "worktrees" / f"run-1.{repository_id(folders)}"
    assert root.is_dir()
    named = f"PLAN-1-{repository_id(folders)}"
    assert worktrees_root(folders, named, tmp_path / "state").name == named


def test_two_neighbours_with_runs_of_the_same_name_do_not_share_a_folder(
    folders: RepositoryFolders, tmp_path: Path
) -> None:
    other = opened(make_repository(folders.top.parent / "other"))
    state = tmp_path / "state"
    assert worktrees_root(folders, "run-1", state) != worktrees_root(other, "run-1", state)


@pytest.mark.parametrize("obstacle", ["a file", "another checkout"])
def test_worktrees_go_to_the_state_folder_when_they_cannot_lie_beside(
    folders: RepositoryFolders, tmp_path: Path, obstacle: str
) -> None:
    if obstacle == "a file":
        (folders.top.parent / "worktrees").write_text("in the way")
    else:
        git(folders.top.parent, "init", "--quiet")
    root = worktrees_root(folders, "run-1", tmp_path / "state")
    assert root == tmp_path / "state" / "worktrees" / repository_id(folders) / "run-1"
    assert root.is_dir()


def test_ids_that_would_leave_the_folder_are_refused(folders: RepositoryFolders, tmp_path: Path) -> None:
    assert evidence_folder(folders, "run-1", "T1", 2) == folders.common / "tasks/run-1/T1/2"
    for run in ("../x", "a/b", "locks", "plans", ""):
        with pytest.raises(InvalidArguments):
            evidence_folder(folders, run, "T1", 1)
        with pytest.raises(InvalidArguments):
            worktrees_root(folders, run, tmp_path)
    with pytest.raises(ValueError, match="cannot be used as an id"):
        evidence_folder(folders, "run-1", "../T1", 1)


def test_a_linked_worktree_of_a_bare_clone_is_itself_the_place_to_work(top: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(top), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "--quiet", "-b", "work", str(tmp_path / "linked"))
    found = open_repository(tmp_path / "linked")
    assert found == RepositoryFolders(tmp_path / "linked", tmp_path / "bare.git")


def test_a_submodule_is_a_repository_of_its_own(top: Path, tmp_path: Path) -> None:
    library = make_repository(tmp_path / "library")
    git(top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    inside = open_repository(top / "lib")
    assert inside == RepositoryFolders(top / "lib", top / ".git/modules/lib")
    git(top / "lib", "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    assert open_repository(tmp_path / "linked") == inside


def test_git_s_folder_for_a_worktree_is_found_from_the_repository_s_side(top: Path, tmp_path: Path) -> None:
    git(top, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    (tmp_path / "linked/.git").write_text("gitdir: /nowhere\n")
    (tmp_path / "alias").symlink_to(tmp_path / "linked")
    assert worktree_git_dir(top / ".git", tmp_path / "linked") == top / ".git/worktrees/linked"
    assert worktree_git_dir(top / ".git", tmp_path / "alias") == top / ".git/worktrees/linked"
    assert worktree_git_dir(top / ".git", top) is None


def test_a_repository_that_git_does_not_trust_says_how_to_trust_it(top: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    os.chown(top / ".git", 65534, 65534)
    os.chown(top, 65534, 65534)
    with pytest.raises(RepositoryUnusable, match="another user") as refusal:
        open_repository(top)
    assert f"safe.directory {top}" in refusal.value.hint


def test_a_repository_is_opened_again_without_git_and_another_one_at_its_place_is_seen(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reopen_repository(top) == open_repository(top)
    monkeypatch.setenv("PATH", "/nowhere")
    assert reopen_repository(top).top == top  # git cannot even be found
    monkeypatch.undo()
    shutil.move(top / ".git", top / "old.git")
    with pytest.raises(RepositoryUnusable):
        reopen_repository(top)
    git(top, "init", "--quiet", "--separate-git-dir", str(top.parent / "elsewhere"))
    assert reopen_repository(top).common == top.parent / "elsewhere"
