from __future__ import annotations

import os
from pathlib import Path
from shutil import copy2

import pytest

from activities.ref_updates import update_ref
from activities.run_preflight import create_feature_branch
from activities.task_commits import TaskTrailers, work_message
from activities.work_commit import (
    ChangedPath,
    CommitOptions,
    checkpoint_name,
    collect_changes,
    commit_work,
    snapshot_work,
)
from activities.worktrees import detached_worktree, remove_worktree, reset_worktree
from planner.machine.git_commits import logged_commit
from planner.machine.git_reader import branch_tip
from planner.machine.git_worktrees import worktree_git_dir
from planner.machine.repository_folders import RepositoryFolders
from planner.machine.work_folder import WorkFolder
from schemas.errors import GitFailed, LeaseLost
from tests.unit.git.sample_repository import (
    AUTHOR,
    FEATURE,
    RUN,
    branch_of,
    commit,
    files_of,
    git,
    head,
    make_repository,
    trailers,
    work_on,
    write,
)

SANDBOX_LEFTOVERS = [
    ".env",
    ".npmrc",
    ".yarnrc",
    "package.json",
    ".gitmodules",
    ".bashrc",
    ".profile",
    ".zshrc",
    ".vimrc",
    ".editorconfig",
    ".netrc",
    ".pypirc",
    "yarn.lock",
    "tsconfig.json",
    ".ripgreprc",
    ".mcp.json",
    ".vscode",
    ".idea",
]


@pytest.fixture
def base(folders: RepositoryFolders) -> str:
    return create_feature_branch(folders, FEATURE, head(folders.top))


@pytest.fixture
def work(folders: RepositoryFolders, root: Path, base: str) -> WorkFolder:
    return work_on(folders, root, "T1", base)


def listed(work: WorkFolder, base: str) -> dict[str, str]:
    return {changed.path: changed.status for changed in collect_changes(work, base).paths}


def by_path(work: WorkFolder, base: str, *includes: str) -> dict[str, ChangedPath]:
    return {changed.path: changed for changed in collect_changes(work, base, includes).paths}


def test_nothing_changed_is_no_commit_unless_an_empty_one_is_wanted(work: WorkFolder, base: str) -> None:
    message = work_message("Nothing", trailers("T1"))
    assert listed(work, base) == {}
    assert commit_work(work, base, (), AUTHOR, message) is None
    made = commit_work(work, base, (), AUTHOR, message, CommitOptions(allow_empty=True))
    assert made is not None
    assert git(work.path, "diff", base, made) == ""


def test_added_modified_deleted_renamed_and_retyped_paths_are_seen(work: WorkFolder, base: str) -> None:
    (work.path / "src/app.py").rename(work.path / "src/main.py")
    write(work.path / "README.md", "# Changed\n")
    (work.path / ".gitignore").unlink()
    (work.path / ".gitignore").symlink_to("README.md")
    assert listed(work, base) == {".gitignore": "T", "README.md": "M", "src/app.py": "D", "src/main.py": "A"}
    made = commit(work, base, "T1")
    assert files_of(work.path, made) == {
        ".gitignore": "120000",
        "README.md": "100644",
        "src/main.py": "100644",
    }


def test_a_changed_path_keeps_executable_bit_symlink_and_line_ends(work: WorkFolder, base: str) -> None:
    write(work.path / "run.sh", "#!/bin/sh\r\necho hello\r\n").chmod(0o755)
    (work.path / "link").symlink_to("src/app.py")
    (work.path / "dangling").symlink_to("/nowhere/at all")
    (work.path / "src/app.py").chmod(0o755)
    assert by_path(work, base)["link"].symlink
    made = commit(work, base, "T1")
    modes = files_of(work.path, made)
    assert modes["run.sh"] == modes["src/app.py"] == "100755"
    assert modes["link"] == modes["dangling"] == "120000"
    assert git(work.path, "cat-file", "blob", f"{made}:run.sh") == "#!/bin/sh\r\necho hello\r"


def test_line_ends_are_converted_as_the_user_has_configured_it(
    folders: RepositoryFolders, work: WorkFolder, base: str
) -> None:
    git(folders.top, "config", "core.autocrlf", "input")
    git(folders.top, "config", "core.safecrlf", "true")
    write(work.path / "windows.txt", "one\r\ntwo\r\n")
    made = commit(work, base, "T1")
    assert git(work.path, "cat-file", "blob", f"{made}:windows.txt") == "one\ntwo"


@pytest.mark.parametrize(
    "name",
    [
        b"caf\xe9.txt",
        "größe.txt".encode(),
        b"with space",
        b"new\nline",
        b"tab\t\"quote'",
        b"--option",
        b":(glob)*",
        b"*",
    ],
    ids=repr,
)
def test_every_name_that_linux_allows_is_committed_byte_for_byte(
    work: WorkFolder, base: str, name: bytes
) -> None:
    (work.path / "dir").mkdir()
    for folder in (b"", b"dir/"):
        Path(os.fsdecode(os.fsencode(work.path) + b"/" + folder + name)).write_text("x")
    changes = collect_changes(work, base)
    assert sorted(os.fsencode(changed.path) for changed in changes.paths) == sorted([b"dir/" + name, name])
    assert all(changed.shown.encode() for changed in changes.paths)
    made = commit(work, base, "T1")
    output = git(work.path, "ls-tree", "-r", "-z", "--name-only", made)
    assert {b"dir/" + name, name} <= set(os.fsencode(output).split(b"\0"))


def test_a_change_of_the_same_size_in_the_second_of_the_checkout_is_seen(work: WorkFolder, base: str) -> None:
    for text in ("print('TWO')\n", "print('owt')\n"):
        reset_worktree(work, base)
        write(work.path / "src/app.py", text)
        assert listed(work, base) == {"src/app.py": "M"}


def test_such_a_change_is_committed_long_after(
    folders: RepositoryFolders, work: WorkFolder, base: str
) -> None:
    git_dir = worktree_git_dir(folders.common, work.path)
    assert git_dir is not None
    git(folders.top, "config", "core.trustctime", "false")  # the one time that a test cannot set
    file, index = work.path / "src/app.py", git_dir / f"tasks-index-{base}"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    copy2(index, git_dir / "index")
    git(work.path, "update-index", "--refresh")
    copy2(git_dir / "index", index)
    os.utime(index, (1_700_000_000, 1_700_000_000))
    file.write_text("print('TWO')\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert listed(work, base) == {"src/app.py": "M"}
    assert commit(work, base, "T1")


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_the_agent_hides_from_git_is_seen(work: WorkFolder, base: str, mark: str) -> None:
    git(work.path, "update-index", mark, "src/app.py")
    write(work.path / "src/app.py", "print('hidden')\n")
    assert git(work.path, "status", "--porcelain") == ""
    assert listed(work, base) == {"src/app.py": "M"}
    made = commit(work, base, "T1")
    assert git(work.path, "cat-file", "blob", f"{made}:src/app.py") == "print('hidden')"


def test_what_the_agent_committed_itself_becomes_one_commit_of_ours(
    folders: RepositoryFolders, work: WorkFolder, base: str
) -> None:
    write(work.path / "one.txt", "1\n")
    git(work.path, "add", ".")
    git(work.path, "-c", "user.name=Bot", "-c", "user.email=bot@example.org", "commit", "-qm", "wip")
    git(work.path, "checkout", "--quiet", "--detach")
    write(work.path / "two.txt", "2\n")
    git(work.path, "add", ".")
    git(work.path, "commit", "--quiet", "-m", "wip 2")
    (work.path / "one.txt").unlink()
    write(work.path / "three.txt", "3\n")
    changes = collect_changes(work, base)
    assert changes.own_commits
    assert {changed.path: changed.status for changed in changes.paths} == {"two.txt": "A", "three.txt": "A"}
    made = commit(work, base, "T1")
    assert logged_commit(folders.common, made).parents == (base,)
    assert git(work.path, "branch", "--show-current") == branch_of("T1")
    assert (git(work.path, "status", "--porcelain"), head(work.path)) == ("", made)


def test_only_the_given_paths_are_committed_and_the_rest_stays_in_the_worktree(
    work: WorkFolder, base: str
) -> None:
    write(work.path / "src/app.py", "print('in scope')\n")
    write(work.path / "README.md", "# Out of scope\n")
    write(work.path / "notes.txt", "out of scope\n")
    changes = collect_changes(work, base, ["src/"])
    assert changes.to_commit() == ("src/app.py",)
    assert sorted(changes.left_out()) == ["README.md", "notes.txt"]
    made = commit_work(work, base, changes.to_commit(), AUTHOR, work_message("Scope", trailers("T1")))
    assert made is not None
    assert git(work.path, "diff", "--name-only", base, made) == "src/app.py"
    assert git(work.path, "status", "--porcelain").splitlines() == [" M README.md", "?? notes.txt"]


def test_the_empty_files_that_a_sandbox_leaves_are_not_committed(work: WorkFolder, base: str) -> None:
    for name in SANDBOX_LEFTOVERS:
        write(work.path / name, "")
    write(work.path / "src/pkg/__init__.py", "")
    write(work.path / "src/pkg/code.py", "x = 1\n")
    changes = collect_changes(work, base)
    assert changes.to_commit() == ("src/pkg/__init__.py", "src/pkg/code.py")
    assert sorted(changes.left_out()) == sorted(SANDBOX_LEFTOVERS)
    assert ".env" in changes.to_commit(keep_empty=True)
    assert ".env" in collect_changes(work, base, ["src", ".env"]).to_commit()


def test_an_existing_file_that_was_emptied_is_a_change(work: WorkFolder, base: str) -> None:
    write(work.path / "README.md", "")
    assert collect_changes(work, base).to_commit() == ("README.md",)


def test_ignored_files_are_named_and_left_out_unless_the_task_names_them(work: WorkFolder, base: str) -> None:
    write(work.path / "debug.log", "ignored\n")
    write(work.path / "build/out.bin", "ignored\n")
    changes = collect_changes(work, base)
    assert (changes.paths, changes.ignored) == ((), ("build/", "debug.log"))
    named = by_path(work, base, "src/**", "debug.log")["debug.log"]
    assert (named.ignored, named.in_scope, named.status) == (True, True, "A")
    made = commit_work(work, base, ("debug.log",), AUTHOR, work_message("Log", trailers("T1")))
    assert made is not None
    assert "debug.log" in files_of(work.path, made)


def test_a_repository_cloned_into_the_worktree_is_never_committed(work: WorkFolder, base: str) -> None:
    make_repository(work.path / "vendored")
    write(work.path / "real.txt", "x\n")
    changes = collect_changes(work, base)
    assert [changed.path for changed in changes.paths if changed.nested_repository] == ["vendored"]
    assert changes.to_commit() == ("real.txt",)


def test_a_file_that_became_a_folder_and_a_folder_that_became_a_link(work: WorkFolder, base: str) -> None:
    (work.path / "README.md").unlink()
    write(work.path / "README.md/index.md", "x\n")
    (work.path / "src/app.py").unlink()
    (work.path / "src").rmdir()
    write(work.path / "other/app.py", "reached through the link\n")
    (work.path / "src").symlink_to("other")
    made = commit(work, base, "T1")
    assert files_of(work.path, made) == {
        ".gitignore": "100644",
        "README.md/index.md": "100644",
        "other/app.py": "100644",
        "src": "120000",
    }


def test_a_submodule_keeps_its_commit_when_other_files_change(
    folders: RepositoryFolders, root: Path, tmp_path: Path
) -> None:
    library = make_repository(tmp_path / "library")
    git(folders.top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    git(folders.top, "commit", "--quiet", "-m", "Add the library")
    start = head(folders.top)
    work = work_on(folders, root, "T1", start)
    write(work.path / "new.txt", "x\n")
    made = commit(work, start, "T1")
    assert files_of(work.path, made)["lib"] == "160000"
    assert git(work.path, "diff", "--name-only", start, made) == "new.txt"


def test_committing_again_returns_the_same_commit(
    folders: RepositoryFolders, work: WorkFolder, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(work.path / "a.txt", "a\n")
    tree = git(work.path, "rev-parse", f"{commit(work, base, 'T1')}^{{tree}}")
    message = work_message("Do T1", trailers("T1")).encode()
    # The same commit as of an hour ago: the answer to it was lost.
    hour_ago = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit-tree", tree, "-p", base]
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@1700000000 +0000")
    first = git(folders.top, *hour_ago, data=message)
    git(folders.top, "update-ref", f"refs/heads/{branch_of('T1')}", first)
    assert commit(work, base, "T1") == first
    assert git(folders.top, "rev-list", "--count", f"{base}..{branch_of('T1')}") == "1"


def test_another_attempt_with_the_same_files_is_another_commit(work: WorkFolder, base: str) -> None:
    write(work.path / "a.txt", "a\n")
    first = commit(work, base, "T1")
    again = work_message("Do T1", trailers("T1", attempt=2))
    assert commit_work(work, base, ("a.txt",), AUTHOR, again) not in {None, first}


def test_the_difference_to_another_base_is_found_without_the_index_of_the_start(
    folders: RepositoryFolders, work: WorkFolder, base: str
) -> None:
    write(work.path / "half.txt", "half done\n")
    checkpoint = commit(work, base, "T1")
    reset_worktree(work, checkpoint)
    write(work.path / "rest.txt", "the rest\n")
    assert listed(work, base) == {"half.txt": "A", "rest.txt": "A"}
    made = commit(work, base, "T1")
    assert logged_commit(folders.common, made).parents == (base,)


def test_a_checkpoint_is_a_commit_under_its_own_ref_and_moves_no_branch(
    folders: RepositoryFolders, work: WorkFolder, base: str
) -> None:
    write(work.path / "half.txt", "half done\n")
    paths = collect_changes(work, base).to_commit()
    snapshot = snapshot_work(work, base, paths, AUTHOR, "Checkpoint")
    ref = checkpoint_name(RUN, "T1", 1, 50)
    update_ref(folders.common, ref, snapshot, "checkpoint")
    assert ref == f"refs/tasks/{RUN}/T1/1/50"
    assert git(folders.top, "rev-parse", ref) == snapshot
    assert branch_tip(folders.common, branch_of("T1")) == base
    assert listed(work, base) == {"half.txt": "A"}, "the work goes on as if nothing had happened"


def test_a_title_cannot_smuggle_trailers_in(folders: RepositoryFolders, work: WorkFolder, base: str) -> None:
    write(work.path / "a.txt", "a\n")
    evil = work_message("Nice\n\nTasks-Run: other\nTasks-Task: T9", trailers("T1"))
    made = commit_work(work, base, ("a.txt",), AUTHOR, evil)
    assert made is not None
    assert evil.count("\n\n") == 1
    assert TaskTrailers.read(logged_commit(folders.common, made).trailers) == trailers("T1")


def test_a_worktree_without_branch_or_lease_takes_no_commit(
    folders: RepositoryFolders, root: Path, work: WorkFolder, base: str
) -> None:
    scratch = detached_worktree(folders, root / "landing", base)
    with pytest.raises(GitFailed, match="no branch"):
        commit_work(scratch, base, (), AUTHOR, "Nothing")
    remove_worktree(folders, work)
    with pytest.raises(LeaseLost):
        collect_changes(work, base)
