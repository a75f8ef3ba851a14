from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.run_preflight import check_repository, create_feature_branch
from planner.machine.repository_folders import RepositoryFolders, open_repository
from schemas.errors import FeatureBranchCheckedOut, InvalidArguments, RepositoryUnusable
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.unit.git.sample_repository import (
    AUTHOR,
    FEATURE,
    RUN,
    git,
    head,
    land_edit,
    make_repository,
    write,
)


def refusal(path: Path, base: str = "HEAD", branch: str = FEATURE, run: str = RUN) -> RepositoryUnusable:
    with pytest.raises(RepositoryUnusable) as caught:
        check_repository(path, base, branch, run)
    assert caught.value.hint, "every refusal says what to do next"
    return caught.value


def test_a_usable_repository_passes_and_is_left_as_it_was(top: Path) -> None:
    before = fingerprint(top)
    flight = check_repository(top, "HEAD", FEATURE, RUN)
    assert (flight.folders.top, flight.base_commit) == (top, head(top))
    assert (flight.identity, flight.warnings) == (AUTHOR, ())
    assert fingerprint(top) == before


def test_a_folder_in_the_repository_and_a_linked_worktree_lead_to_the_main_one(
    top: Path, tmp_path: Path
) -> None:
    linked = tmp_path / "linked"
    git(top, "worktree", "add", "--quiet", "--detach", str(linked), "HEAD~1")
    assert check_repository(top / "src", "HEAD", FEATURE, RUN).folders.top == top
    flight = check_repository(linked / "src", "HEAD", FEATURE, RUN)
    assert (flight.folders.top, flight.base_commit) == (top, head(linked)), "HEAD is where the user is"


def test_what_is_no_repository_is_refused(tmp_path: Path, top: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "not in a git repository" in refusal(tmp_path / "plain").message
    assert "not a folder" in refusal(tmp_path / "missing").message
    git(tmp_path, "clone", "--quiet", "--bare", str(top), "bare.git")
    assert "bare" in refusal(tmp_path / "bare.git").message
    assert "git's own folder" in refusal(top / ".git").message


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    git(tmp_path / "empty", "config", "user.name", "A")
    git(tmp_path / "empty", "config", "user.email", "a@b")
    assert "no commit yet" in refusal(tmp_path / "empty").message


@pytest.mark.parametrize(
    "base", ["no-such-branch", "--output=/tmp/x", "", "HEAD~99", "v1\nv2", "HEAD:README.md"]
)
def test_a_base_that_is_no_commit_is_named(top: Path, base: str) -> None:
    assert repr(base) in refusal(top, base=base).message


def test_tags_and_abbreviations_are_bases(top: Path) -> None:
    git(top, "tag", "-m", "annotated", "v1", "HEAD~1")
    for name in ("v1", "HEAD~1", git(top, "rev-parse", "--short", "HEAD~1"), "main^"):
        assert check_repository(top, name, FEATURE, RUN).base_commit == git(top, "rev-parse", "HEAD~1")


@pytest.mark.parametrize(
    ("operation", "command"),
    [
        ("merge", ["merge", "--no-commit", "--no-ff", "side"]),
        ("rebase", ["-c", "sequence.editor=sed -i 1ibreak", "rebase", "--quiet", "-i", "HEAD~1"]),
        ("cherry-pick", ["cherry-pick", "conflicting"]),
        ("bisect", ["bisect", "start"]),
    ],
)
def test_an_unfinished_operation_is_refused_by_name(top: Path, operation: str, command: list[str]) -> None:
    git(top, "checkout", "--quiet", "-b", "side", "HEAD~1")
    write(top / "side.txt", "x\n")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "-m", "side")
    git(top, "checkout", "--quiet", "-b", "conflicting", "HEAD~1")
    write(top / "src/app.py", "print('conflict')\n")
    git(top, "commit", "--quiet", "-am", "conflicting")
    git(top, "checkout", "--quiet", "main")
    if operation == "cherry-pick":
        with pytest.raises(AssertionError):
            git(top, *command)
    else:
        git(top, *command)
    assert f"in the middle of a {operation}" in refusal(top).message


@pytest.mark.parametrize("name", ["feature", "task", f"{FEATURE}/more"])
def test_a_branch_that_git_could_not_keep_beside_ours_is_refused(top: Path, name: str) -> None:
    git(top, "branch", name)
    assert f"the branch {name} is in the way" in refusal(top).message


def test_a_checked_out_feature_branch_is_refused(top: Path, tmp_path: Path) -> None:
    git(top, "worktree", "add", "--quiet", "-b", FEATURE, str(tmp_path / "mine"))
    with pytest.raises(FeatureBranchCheckedOut, match=str(tmp_path / "mine")):
        check_repository(top, "HEAD", FEATURE, RUN)


def test_the_branch_of_this_run_is_welcome_and_foreign_commits_are_not(
    folders: RepositoryFolders, root: Path
) -> None:
    land_edit(folders, root, "T1", "a.txt", "a\n")
    assert check_repository(folders.top, "HEAD", FEATURE, RUN).warnings == ()
    other = refusal(folders.top, run="run-2")
    assert "not of this run" in other.message
    assert f"tasks resume {RUN}" in other.hint


def test_a_feature_branch_that_is_behind_the_base_is_refused(top: Path) -> None:
    git(top, "branch", FEATURE, "HEAD~1")
    assert "behind the base" in refusal(top).message
    git(top, "branch", "-f", FEATURE, "HEAD")
    check_repository(top, "HEAD", FEATURE, RUN)


def test_the_base_may_have_moved_on_since_the_run_began(folders: RepositoryFolders, root: Path) -> None:
    land_edit(folders, root, "T1", "a.txt", "a\n")
    write(folders.top / "later.txt", "x\n")
    git(folders.top, "add", ".")
    git(folders.top, "commit", "--quiet", "-m", "Later")
    check_repository(folders.top, "HEAD", FEATURE, RUN)


def test_names_that_git_refuses_are_refused_before_anything_else(top: Path) -> None:
    for branch in ("-x", "feature/..", "feature/a b", "feature/x.lock", "task/mine", ""):
        with pytest.raises(InvalidArguments):
            check_repository(top, "HEAD", branch, RUN)
    for run in ("locks", "plans", "../x", "-x"):
        with pytest.raises(InvalidArguments):
            check_repository(top, "HEAD", FEATURE, run)


def test_a_missing_identity_is_refused_with_the_lines_to_type(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(top, "config", "--unset", "user.email")
    error = refusal(top)
    assert "who you are" in error.message
    assert "git config --global user.email" in error.hint
    write(Path(os.environ["HOME"]) / ".gitconfig", "[user]\n\temail = global@example.org\n")
    assert check_repository(top, "HEAD", FEATURE, RUN).identity.email == "global@example.org"
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "ci@example.org")
    assert check_repository(top, "HEAD", FEATURE, RUN).identity.email == "ci@example.org"


def test_files_that_are_not_in_the_base_are_named_in_a_warning(top: Path) -> None:
    for number in range(12):
        write(top / f"new-{number:02}.txt", "x\n")
    write(top / "README.md", "# Changed\n")
    os.utime(top / ".gitignore", (1, 1))  # a plain `git status` would now write the index anew
    index = (top / ".git/index").read_bytes()
    (warning,) = check_repository(top, "HEAD", FEATURE, RUN).warnings
    assert "README.md" in warning
    assert "new-08.txt and 3 more" in warning
    assert (top / ".git/index").read_bytes() == index, "looking must not refresh the user's index"


def test_a_shallow_clone_is_fine(top: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{top}", "shallow")
    git(tmp_path / "shallow", "config", "user.name", "A")
    git(tmp_path / "shallow", "config", "user.email", "a@b")
    flight = check_repository(tmp_path / "shallow", "HEAD", FEATURE, RUN)
    assert create_feature_branch(flight.folders, FEATURE, flight.base_commit) == flight.base_commit


def test_a_feature_branch_is_created_once_and_then_stays_put(folders: RepositoryFolders) -> None:
    base, later = git(folders.top, "rev-parse", "HEAD~1"), head(folders.top)
    assert create_feature_branch(folders, FEATURE, base) == base
    assert create_feature_branch(folders, FEATURE, later) == base


def test_an_inherited_git_dir_leads_nowhere_else(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_COMMON_DIR", str(other / ".git"))
    assert open_repository(top).top == top
    assert check_repository(top, "HEAD", FEATURE, RUN).folders.common == top / ".git"


def test_a_commit_of_a_persons_on_the_branch_of_this_run_is_welcome(
    folders: RepositoryFolders, root: Path
) -> None:
    land_edit(folders, root, "T1", "a.txt", "a\n")
    tip = git(folders.top, "rev-parse", FEATURE)
    fix = git(folders.top, "commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "A fix by hand")
    git(folders.top, "update-ref", f"refs/heads/{FEATURE}", fix)
    assert check_repository(folders.top, "HEAD", FEATURE, RUN).warnings == ()
    other = refusal(folders.top, run="run-2")
    assert f"--run-id {RUN} --resume" in other.hint


def test_a_branch_with_commits_of_a_person_and_of_no_run_is_not_taken(folders: RepositoryFolders) -> None:
    base = git(folders.top, "rev-parse", "HEAD")
    mine = git(folders.top, "commit-tree", "HEAD^{tree}", "-p", base, "-m", "By hand")
    git(folders.top, "update-ref", f"refs/heads/{FEATURE}", mine)
    assert "By hand" in refusal(folders.top).message


def test_a_feature_branch_that_is_another_name_of_a_branch_is_refused(top: Path) -> None:
    git(top, "branch", "real")
    git(top, "symbolic-ref", f"refs/heads/{FEATURE}", "refs/heads/real")
    with pytest.raises(RepositoryUnusable, match="another name") as refusal:
        check_repository(top, "HEAD", FEATURE, RUN)
    assert "symbolic-ref" in refusal.value.hint
