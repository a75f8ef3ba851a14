from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from activities.landed_tip import remembered_tip, tip_to_remember
from activities.landing import (
    Conflict,
    MergeCandidate,
    already_landed,
    merge_candidate,
    move_branch,
)
from activities.ref_updates import ABANDONED_LOCK_SECONDS, update_ref
from activities.run_preflight import create_feature_branch
from activities.task_commits import landing_message
from planner.machine.git_commits import first_parent_commits, logged_commit
from planner.machine.git_reader import branch_tip, is_ancestor
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import FeatureBranchCheckedOut, GitFailed
from tests.unit.git.sample_repository import (
    AUTHOR,
    CONTENT,
    FEATURE,
    RUN,
    commit,
    files_of,
    git,
    head,
    land,
    land_edit,
    trailers,
    work_on,
    write,
)


@pytest.fixture
def base(folders: RepositoryFolders) -> str:
    return create_feature_branch(folders, FEATURE, head(folders.top))


def edit(folders: RepositoryFolders, root: Path, task: str, base: str, path: str, text: str | bytes) -> str:
    work = work_on(folders, root, task, base)
    write(work.path / path, text)
    return commit(work, base, task)


def candidate(folders: RepositoryFolders, root: Path, base: str) -> MergeCandidate:
    """Return a merge of some work that could land."""
    made = edit(folders, root, "T1", base, "a.txt", "a\n")
    merged = merge_candidate(folders, base, made, "x", AUTHOR)
    assert isinstance(merged, MergeCandidate)
    return merged


def test_a_landing_is_a_merge_even_when_a_fast_forward_would_do(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    made = edit(folders, root, "T1", base, "a.txt", "a\n")
    landed = land(folders, made, "T1")
    assert logged_commit(folders.common, landed).parents == (base, made)
    assert git(folders.top, "diff", landed, made) == ""


def test_two_tasks_from_the_same_start_land_one_after_the_other(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    first = edit(folders, root, "T1", base, "a.txt", "a\n")
    second = edit(folders, root, "T2", base, "b.txt", "b\n")
    land(folders, first, "T1")
    landed = land(folders, second, "T2")
    assert {"a.txt", "b.txt"} <= set(files_of(folders.top, landed))
    own = first_parent_commits(folders.common, base, landed)
    assert [logged.trailers["Tasks-Task"] for logged in own] == ["T2", "T1"]


def test_a_conflict_names_the_files_and_shows_both_sides(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    ours = edit(folders, root, "T1", base, "src/app.py", "print('ours')\n")
    theirs = edit(folders, root, "T2", base, "src/app.py", "print('theirs')\n")
    tip = land(folders, ours, "T1")
    found = merge_candidate(folders, tip, theirs, landing_message("T", trailers("T2")), AUTHOR)
    assert isinstance(found, Conflict)
    assert found.files == ("src/app.py",)
    for part in ("CONFLICT (content)", "--- src/app.py", "print('ours')", "print('theirs')"):
        assert part in found.excerpt
    assert branch_tip(folders.common, FEATURE) == tip


@pytest.mark.parametrize("name", ["caf\udce9.txt", "new\nline.txt"], ids=["latin-1", "line break"])
def test_a_conflict_over_binary_content_and_a_strange_name_can_be_shown(
    folders: RepositoryFolders, root: Path, base: str, name: str
) -> None:
    ours = edit(folders, root, "T1", base, name, b"\0ours")
    theirs = edit(folders, root, "T2", base, name, b"\0theirs")
    tip = land(folders, ours, "T1")
    found = merge_candidate(folders, tip, theirs, "x", AUTHOR)
    assert isinstance(found, Conflict)
    assert len(found.files) == 1
    assert (found.files[0] + found.excerpt).encode()


def test_a_deletion_against_an_edit_is_a_conflict(folders: RepositoryFolders, root: Path, base: str) -> None:
    work = work_on(folders, root, "T1", base)
    (work.path / "src/app.py").unlink()
    tip = land(folders, commit(work, base, "T1"), "T1")
    theirs = edit(folders, root, "T2", base, "src/app.py", "print('theirs')\n")
    found = merge_candidate(folders, tip, theirs, "x", AUTHOR)
    assert isinstance(found, Conflict)
    assert (found.files, "modify/delete" in found.excerpt) == (("src/app.py",), True)


def test_histories_without_a_common_commit_are_an_error_and_no_conflict(
    folders: RepositoryFolders, base: str
) -> None:
    tree = git(folders.top, "rev-parse", "HEAD^{tree}")
    orphan = git(folders.top, "commit-tree", tree, "-m", "orphan")
    with pytest.raises(GitFailed, match="unrelated"):
        merge_candidate(folders, base, orphan, "x", AUTHOR)


def test_a_branch_that_somebody_else_moved_is_not_moved_again(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    merged = candidate(folders, root, base)
    theirs = git(folders.top, "commit-tree", f"{base}^{{tree}}", "-p", base, "-m", "theirs")
    git(folders.top, "update-ref", f"refs/heads/{FEATURE}", theirs)
    assert not move_branch(folders, FEATURE, merged.commit, base)
    assert branch_tip(folders.common, FEATURE) == theirs


def test_moving_again_after_a_crash_before_the_answer_is_still_a_success(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    merged = candidate(folders, root, base)
    assert move_branch(folders, FEATURE, merged.commit, base)
    assert move_branch(folders, FEATURE, merged.commit, base)


def test_of_sixteen_that_move_the_branch_at_once_one_wins(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    made = edit(folders, root, "T1", base, "a.txt", "a\n")
    merges = [merge_candidate(folders, base, made, f"merge {number}", AUTHOR) for number in range(16)]
    ids = [merged.commit for merged in merges if isinstance(merged, MergeCandidate)]
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda commit_id: move_branch(folders, FEATURE, commit_id, base), ids))
    assert sum(won) == 1
    assert branch_tip(folders.common, FEATURE) == ids[won.index(True)]


@pytest.mark.parametrize("state", ["checked out", "in the middle of a rebase"])
def test_a_feature_branch_that_somebody_has_checked_out_is_not_moved(
    folders: RepositoryFolders, root: Path, base: str, tmp_path: Path, state: str
) -> None:
    merged = candidate(folders, root, base)
    git(folders.top, "worktree", "add", "--quiet", str(tmp_path / "mine"), FEATURE)
    if state != "checked out":
        git(tmp_path / "mine", "-c", "sequence.editor=sed -i 1ibreak", "rebase", "--quiet", "-i", "HEAD~1")
        assert git(tmp_path / "mine", "branch", "--show-current") == ""
    with pytest.raises(FeatureBranchCheckedOut, match=str(tmp_path / "mine")):
        move_branch(folders, FEATURE, merged.commit, base)
    assert branch_tip(folders.common, FEATURE) == base


def test_a_feature_branch_that_became_another_name_of_a_branch_does_not_move_that_branch(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    merged = candidate(folders, root, base)
    git(folders.top, "branch", "mine", base)
    git(folders.top, "symbolic-ref", f"refs/heads/{FEATURE}", "refs/heads/mine")
    assert move_branch(folders, FEATURE, merged.commit, base)
    assert git(folders.top, "rev-parse", "mine") == base
    assert branch_tip(folders.common, FEATURE) == merged.commit


def test_a_landing_is_found_again_only_for_the_same_run_task_and_content(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    landed = land_edit(folders, root, "T1", "a.txt", "a\n")
    land_edit(folders, root, "T11", "b.txt", "b\n")
    assert already_landed(folders, FEATURE, base, RUN, "T1", CONTENT) == landed
    for run, task, content in (("other", "T1", CONTENT), (RUN, "T2", CONTENT), (RUN, "T1", "f" * 16)):
        assert already_landed(folders, FEATURE, base, run, task, content) is None
    assert already_landed(folders, "feature/none", base, RUN, "T1", CONTENT) is None


def test_the_lock_of_a_ref_that_a_power_cut_left_is_removed_after_a_while(
    folders: RepositoryFolders, base: str
) -> None:
    new = git(folders.top, "commit-tree", f"{base}^{{tree}}", "-p", base, "-m", "new")
    lock = write(folders.common / f"refs/heads/{FEATURE}.lock", "")
    with pytest.raises(GitFailed, match="lock"):
        update_ref(folders.common, f"refs/heads/{FEATURE}", new, "test", base)
    old = time.time() - ABANDONED_LOCK_SECONDS - 1
    os.utime(lock, (old, old))
    update_ref(folders.common, f"refs/heads/{FEATURE}", new, "test", base)
    assert branch_tip(folders.common, FEATURE) == new


def test_a_locked_ref_that_only_goes_with_a_landing_does_not_hold_it_up(
    folders: RepositoryFolders, base: str
) -> None:
    new = git(folders.top, "commit-tree", f"{base}^{{tree}}", "-p", base, "-m", "new")
    lock = write(folders.common / f"refs/tasks/{RUN}/_landed.lock", "")
    assert move_branch(folders, FEATURE, new, base, tip_to_remember(RUN, new))
    assert (branch_tip(folders.common, FEATURE), remembered_tip(folders, RUN)) == (new, None)
    lock.unlink()
    again = git(folders.top, "commit-tree", f"{base}^{{tree}}", "-p", new, "-m", "again")
    assert move_branch(folders, FEATURE, again, new, tip_to_remember(RUN, again))
    assert remembered_tip(folders, RUN) == again


def test_a_packed_branch_is_read_and_moved_like_a_loose_one(
    folders: RepositoryFolders, root: Path, base: str
) -> None:
    git(folders.top, "pack-refs", "--all")
    assert not (folders.common / f"refs/heads/{FEATURE}").exists()
    assert branch_tip(folders.common, FEATURE) == base
    landed = land_edit(folders, root, "T1", "a.txt", "a\n")
    assert is_ancestor(folders.top, base, landed)
