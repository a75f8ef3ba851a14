from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.git_commands import run_git
from planner.machine.git_call import forget_inherited_repository, git_environment
from schemas.errors import GitFailed
from tests.unit.git.sample_repository import git, write


def test_a_failure_holds_the_command_the_folder_and_what_git_said(top: Path) -> None:
    with pytest.raises(GitFailed) as failure:
        run_git(top, "cat-file", "-e", "0" * 40 + "^{commit}")
    for part in ("git cat-file -e", str(top), "Not a valid object name"):
        assert part in failure.value.message


def test_an_expected_exit_code_is_an_answer(top: Path) -> None:
    assert run_git(top, "merge-base", "--is-ancestor", "HEAD", "HEAD~1", ok=(0, 1)).exit_code == 1


def test_git_that_takes_too_long_is_killed_with_its_children(top: Path) -> None:
    git(top, "config", "alias.wait", "!sleep 60")
    with pytest.raises(GitFailed, match=r"took longer than 0\.2 s"):
        run_git(top, "wait", timeout_seconds=0.2)


def test_a_missing_git_and_a_missing_folder_are_said_plainly(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GitFailed, match="cannot run in"):
        run_git(tmp_path / "none", "status")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(GitFailed) as failure:
        run_git(top, "status")
    assert "installed" in failure.value.hint


def test_a_git_planted_in_the_working_folder_is_not_started(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = top.parent / "planted-git-has-run"
    write(top / "git", f"#!/bin/sh\ntouch {mark}\n").chmod(0o755)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    monkeypatch.chdir(top)
    run_git(top, "status")
    assert not mark.exists()


def test_only_where_the_configuration_lies_is_inherited() -> None:
    outer = {
        "PATH": "/bin",
        "HOME": "/h",
        "GIT_DIR": "/x",
        "GIT_SSH_COMMAND": "evil",
        "GIT_CONFIG_GLOBAL": "/c",
    }
    made = git_environment(outer)
    assert (made["HOME"], made["GIT_CONFIG_GLOBAL"], made["GIT_TERMINAL_PROMPT"]) == ("/h", "/c", "0")
    assert not {"GIT_DIR", "GIT_SSH_COMMAND"} & set(made)


def test_an_inherited_repository_is_forgotten_and_the_author_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/x")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    forget_inherited_repository()
    assert "GIT_DIR" not in os.environ
    assert os.environ["GIT_AUTHOR_NAME"] == "Ada"


def test_a_path_is_never_a_pattern(top: Path) -> None:
    assert run_git(top, "ls-files", "--", "*.md").out == ""
    assert run_git(top, "ls-files", "--", "README.md").out == "README.md"
