from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from activities.run_preflight import create_feature_branch
from activities.work_commit import collect_changes
from activities.worktree_lease import WorktreeLease, write_lease
from activities.worktrees import (
    REMOVED,
    check_token,
    detached_worktree,
    prepare_worktree,
    remove_run_worktrees,
    remove_worktree,
    reset_worktree,
)
from planner.machine.git_reader import branch_tip
from planner.machine.git_worktrees import worktree_git_dir, worktrees
from planner.machine.repository_folders import RepositoryFolders
from planner.machine.work_folder import WorkFolder
from schemas.errors import InvalidArguments, LeaseLost, RepositoryUnusable
from tests.unit.git.sample_repository import (
    FEATURE,
    branch_of,
    commit,
    git,
    head,
    make_repository,
    opened,
    work_on,
    write,
)


def clean_at(work: WorkFolder, start: str, branch: str) -> bool:
    """Return whether git, asked as a person would, sees nothing but the start on the branch."""
    status = git(work.path, "status", "--porcelain", "--ignored")
    return (status, head(work.path), git(work.path, "branch", "--show-current")) == ("", start, branch)


def test_a_prepared_worktree_is_the_start_on_the_task_branch(folders: RepositoryFolders, root: Path) -> None:
    work = work_on(folders, root, "T1")
    assert clean_at(work, head(folders.top), branch_of("T1"))
    check_token(work, "token-T1")


def test_preparing_twice_gives_the_same_clean_worktree(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    write(work.path / "left.txt", "left\n")
    write(work.environment / "bin/python", "kept\n")
    work_on(folders, root, "T1", start)
    assert clean_at(work, start, branch_of("T1"))
    assert (work.environment / "bin/python").exists()


def test_a_second_attempt_starts_from_the_new_tip(folders: RepositoryFolders, root: Path) -> None:
    first = git(folders.top, "rev-parse", "HEAD~1")
    work = work_on(folders, root, "T1", first)
    write(work.path / "src/app.py", "print('mine')\n")
    commit(work, first, "T1")
    reset_worktree(work, head(folders.top))
    assert clean_at(work, head(folders.top), branch_of("T1"))
    assert (work.path / "src/app.py").read_text() == "print('two')\n"


def test_reset_undoes_whatever_an_agent_can_do_with_files(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    (work.path / "README.md").unlink()
    write(work.path / "README.md/inside.txt", "a folder where a file was\n")
    (work.path / "src/app.py").chmod(0o755)
    (work.path / ".gitignore").unlink()
    (work.path / ".gitignore").symlink_to("/etc/passwd")
    write(work.path / "debug.log", "ignored\n")
    make_repository(work.path / "cloned")
    locked = write(work.path / "cache/module/file.go", "read only\n").parent
    locked.chmod(0o500)
    reset_worktree(work, start)
    assert clean_at(work, start, branch_of("T1"))
    assert sorted(file.name for file in work.path.iterdir()) == [".git", ".gitignore", "README.md", "src"]
    assert (work.path / "src/app.py").stat().st_mode & 0o111 == 0


@pytest.mark.parametrize(
    "command",
    [
        ["checkout", "--detach"],
        ["checkout", "-b", "elsewhere"],
        ["checkout", FEATURE],
        ["update-index", "--skip-worktree", "src/app.py"],
        ["update-index", "--assume-unchanged", "src/app.py"],
        ["rm", "--cached", "-r", "src"],
        ["branch", "-m", "renamed"],
    ],
    ids=" ".join,
)
def test_reset_undoes_whatever_an_agent_can_do_with_git(
    folders: RepositoryFolders, root: Path, command: list[str]
) -> None:
    first = git(folders.top, "rev-parse", "HEAD~1")
    create_feature_branch(folders, FEATURE, first)
    work = work_on(folders, root, "T1", first)
    git(work.path, *command)
    write(work.path / "src/app.py", "print('hidden')\n")
    reset_worktree(work, head(folders.top))
    assert clean_at(work, head(folders.top), branch_of("T1"))
    assert (work.path / "src/app.py").read_text() == "print('two')\n"
    assert branch_tip(folders.common, FEATURE) == first, "a reset must never move the feature branch"


def test_reset_ends_an_unfinished_rebase_and_frees_the_locks_of_a_killed_git(
    folders: RepositoryFolders, root: Path
) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    git_dir = worktree_git_dir(folders.common, work.path)
    assert git_dir is not None
    write(git_dir / "rebase-merge/head-name", f"refs/heads/{branch_of('T1')}\n")
    write(git_dir / "MERGE_HEAD", f"{start}\n")
    write(git_dir / "index.lock", "")
    write(git_dir / "HEAD.lock", "")
    reset_worktree(work, start)
    assert clean_at(work, start, branch_of("T1"))
    assert "rebas" not in git(work.path, "status")


def test_a_git_file_that_points_elsewhere_is_not_believed(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    other = make_repository(root.parent.parent / "other")
    mark = other.parent / "a-filter-has-run"
    git(other, "config", "filter.evil.clean", f"touch {mark}; cat")
    write(work.path / ".gitattributes", "* filter=evil\n")
    write(work.path / ".git", f"gitdir: {other}/.git\n")
    write(work.path / "src/app.py", "print('work')\n")
    made = commit(work, start, "T1")
    reset_worktree(work, made)
    assert not mark.exists()
    assert clean_at(work, made, branch_of("T1"))
    assert git(other, "status", "--porcelain") == ""


def test_a_git_file_that_was_replaced_by_a_repository_is_put_back(
    folders: RepositoryFolders, root: Path
) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    (work.path / ".git").unlink()
    git(work.path, "init", "--quiet")
    reset_worktree(work, start)
    assert clean_at(work, start, branch_of("T1"))


def test_sixteen_worktrees_can_be_prepared_at_once(folders: RepositoryFolders, root: Path) -> None:
    start = create_feature_branch(folders, FEATURE, head(folders.top))
    tasks = [f"T{number}" for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda task: work_on(folders, root, task, start), tasks))
    assert all(clean_at(work, start, branch_of(task)) for work, task in zip(made, tasks, strict=True))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda work: remove_worktree(folders, work), made))
    assert [tree.path for tree in worktrees(folders.common)] == [folders.top]


def test_a_worktree_is_made_only_while_nobody_else_makes_one(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    maker = threading.Thread(target=work_on, args=(folders, root, "T1", start))
    with FileLock(folders.locks / "worktrees.lock"):
        maker.start()
        maker.join(0.5)
        assert not (root / "T1.1").exists()
    maker.join()
    assert clean_at(WorkFolder(root / "T1.1"), start, branch_of("T1"))


def test_the_worktree_of_a_lost_lease_gives_the_branch_back(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    old = work_on(folders, root, "T1", start)
    write(old.environment / "bin/python", "old\n")
    new = WorkFolder(root / "T1.2")
    prepare_worktree(folders, new, branch_of("T1"), start, "newer")
    assert clean_at(new, start, branch_of("T1"))
    assert not old.path.exists()
    assert not old.environment.exists()
    with pytest.raises(LeaseLost):
        check_token(old, "token-T1")
    with pytest.raises(LeaseLost):
        reset_worktree(old, start)


def test_a_worktree_that_was_replaced_by_a_link_is_not_ours_any_more(
    folders: RepositoryFolders, root: Path, tmp_path: Path
) -> None:
    work = work_on(folders, root, "T1")
    theirs = tmp_path / "theirs"
    git(folders.top, "worktree", "add", "--quiet", "-b", "theirs", str(theirs))
    write(theirs / "precious.txt", "precious\n")
    work.path.rename(root / "aside")
    work.path.symlink_to(theirs)
    with pytest.raises(LeaseLost, match="replaced by a link"):
        reset_worktree(work, head(folders.top))
    assert (theirs / "precious.txt").exists()
    assert git(theirs, "branch", "--show-current") == "theirs"


def test_the_head_of_a_detached_worktree_stays_readable_for_everybody(
    folders: RepositoryFolders, root: Path
) -> None:
    modes = []
    for commit_id in (head(folders.top), git(folders.top, "rev-parse", "HEAD~1")):
        work = detached_worktree(folders, root / "landing", commit_id)
        entry = worktree_git_dir(folders.common, work.path)
        assert entry is not None
        assert (entry / "HEAD").read_text() == f"{commit_id}\n"
        modes.append((entry / "HEAD").stat().st_mode)
    assert modes[0] == modes[1]


def test_a_newer_token_on_the_same_worktree_locks_the_older_out(
    folders: RepositoryFolders, root: Path
) -> None:
    work = work_on(folders, root, "T1")
    prepare_worktree(folders, work, branch_of("T1"), head(folders.top), "newer")
    check_token(work, "newer")
    with pytest.raises(LeaseLost, match="newer lease"):
        check_token(work, "token-T1")


def test_a_task_branch_that_the_user_looks_at_is_left_alone(folders: RepositoryFolders, root: Path) -> None:
    start = head(folders.top)
    git(folders.top, "checkout", "--quiet", "-b", branch_of("T1"), "HEAD~1")
    with pytest.raises(RepositoryUnusable, match="checked out in") as refusal:
        work_on(folders, root, "T1", start)
    assert str(folders.top) in refusal.value.hint
    assert git(folders.top, "status", "--porcelain") == ""


def test_only_task_branches_are_ever_moved(folders: RepositoryFolders, root: Path) -> None:
    with pytest.raises(InvalidArguments, match="no task branch"):
        prepare_worktree(folders, WorkFolder(root / "T1.1"), "main", head(folders.top), "token")


def test_a_folder_that_is_not_ours_is_neither_reset_nor_removed(
    folders: RepositoryFolders, root: Path
) -> None:
    precious = write(root / "T1.1/thesis.txt", "precious\n")
    with pytest.raises(RepositoryUnusable, match="in the way"):
        work_on(folders, root, "T1", head(folders.top))
    remove_run_worktrees(folders, root)
    assert precious.read_text() == "precious\n"


@pytest.mark.parametrize(
    "crash", ["claimed only", "half made", "folder deleted", "entry deleted", "gitdir empty", "HEAD empty"]
)
def test_preparing_goes_on_after_a_crash_anywhere(folders: RepositoryFolders, root: Path, crash: str) -> None:
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    git_dir = worktree_git_dir(folders.common, work.path)
    assert git_dir is not None
    match crash:
        case "claimed only":
            lease = work.token_file.read_bytes()
            remove_worktree(folders, work)
            write(work.token_file, lease)
        case "half made":
            (git_dir / "HEAD").unlink()
            write(git_dir / "locked", "initializing")
        case "folder deleted":
            work.path.rename(root / "elsewhere")
        case "gitdir empty" | "HEAD empty":  # the power failed before the disk had it
            write(git_dir / crash.split(maxsplit=1)[0], "")
        case _:
            git_dir.rename(root / "elsewhere")
    work_on(folders, root, "T1", start)
    assert clean_at(work, start, branch_of("T1"))


def test_removing_twice_is_fine_and_leaves_nothing_beside_the_worktree(
    folders: RepositoryFolders, root: Path
) -> None:
    work = work_on(folders, root, "T1")
    for neighbour in (work.environment, work.home, work.temporary, work.processes):
        write(neighbour / "file", "x").parent.chmod(0o500)
    remove_worktree(folders, work)
    remove_worktree(folders, work)
    assert list(root.iterdir()) == []
    assert worktree_git_dir(folders.common, work.path) is None
    assert branch_tip(folders.common, branch_of("T1")) == head(folders.top), "the branch stays"


def test_what_a_killed_removal_left_of_an_entry_is_removed_with_the_next(
    folders: RepositoryFolders, root: Path
) -> None:
    first, second = work_on(folders, root, "T1"), work_on(folders, root, "T2")
    entry = worktree_git_dir(folders.common, first.path)
    assert entry is not None
    left = folders.tasks / REMOVED / "T1.1.0badcafe"
    left.parent.mkdir(parents=True)
    entry.rename(left)  # killed between this and the deletion
    assert [tree.path for tree in worktrees(folders.common)] == [folders.top, second.path]
    remove_worktree(folders, second)
    remove_worktree(folders, first)
    assert not left.parent.exists()
    assert not (folders.common / "worktrees").exists()
    assert [tree.path for tree in worktrees(folders.common)] == [folders.top]


def test_removing_never_forgets_a_worktree_of_the_users_that_is_not_mounted(
    folders: RepositoryFolders, root: Path, tmp_path: Path
) -> None:
    away = tmp_path / "usb-stick"
    git(folders.top, "worktree", "add", "--quiet", "-b", "on-stick", str(away))
    away.rename(tmp_path / "unplugged")
    work = work_on(folders, root, "T1")
    remove_worktree(folders, work)
    remove_run_worktrees(folders, root)
    (tmp_path / "unplugged").rename(away)
    assert git(away, "status", "--porcelain") == ""


def test_a_run_is_tidied_up_whole_and_other_runs_stay(folders: RepositoryFolders, root: Path) -> None:
    first, second = work_on(folders, root, "T1"), work_on(folders, root, "T2")
    detached_worktree(folders, root / "landing", head(folders.top))
    write(first.path / "uncommitted.txt", "x\n")
    other = work_on(folders, root.with_name("another-run"), "T3")
    remove_run_worktrees(folders, root)
    remove_run_worktrees(folders, root)
    assert not first.path.exists()
    assert not second.path.exists()
    assert not root.exists()
    assert other.path.exists()


def test_what_a_kill_left_of_a_lease_does_not_keep_the_folder_of_a_run(
    folders: RepositoryFolders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = WorkFolder(root / "T1.1")
    with monkeypatch.context() as power:
        power.setattr(Path, "replace", lambda *_: None)  # killed just before
        power.setattr(Path, "unlink", lambda *_, **__: None)
        write_lease(work, WorktreeLease("token", str(folders.common), None))
    assert [path.name.startswith(".T1.1.lease.") for path in root.iterdir()] == [True]
    remove_run_worktrees(folders, root)
    assert not root.exists()


def test_a_detached_worktree_is_moved_to_another_commit(folders: RepositoryFolders, root: Path) -> None:
    path = root / "landing"
    for commit_id in (head(folders.top), git(folders.top, "rev-parse", "HEAD~1")):
        work = detached_worktree(folders, path, commit_id)
        assert clean_at(work, commit_id, "")
        write(path / "src/app.py", "changed by a check\n")
        git(path, "checkout", "--quiet", "-B", "made-by-a-check")
    assert git(folders.top, "branch", "--list", "made-by-a-check") == "", "the branch was the worktree's own"


def test_a_populated_submodule_is_emptied_again(
    folders: RepositoryFolders, root: Path, tmp_path: Path
) -> None:
    library = make_repository(tmp_path / "library")
    git(folders.top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    git(folders.top, "commit", "--quiet", "-m", "Add the library")
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    git(work.path, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
    write(work.path / "lib/README.md", "changed inside\n")
    assert collect_changes(work, start).paths == ()
    reset_worktree(work, start)
    assert list((work.path / "lib").iterdir()) == []
    assert clean_at(work, start, branch_of("T1"))


def test_the_lease_file_tells_which_repository_a_worktree_belongs_to(
    folders: RepositoryFolders, root: Path
) -> None:
    work = work_on(folders, root, "T1")
    assert json.loads(work.token_file.read_text()) == {
        "token": "token-T1",
        "common": str(folders.common),
        "branch": branch_of("T1"),
    }
    other = opened(make_repository(root.parent.parent / "other"))
    with pytest.raises(RepositoryUnusable, match="in the way"):
        prepare_worktree(other, work, branch_of("T1"), head(other.top), "token")
