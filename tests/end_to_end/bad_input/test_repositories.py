"""Repositories in which no run may start; they stay as they are, and no service is started for them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from tests.end_to_end.bad_input.case import Answers, BadInput, check_case, table
from tests.end_to_end.bad_input.world import World
from tests.small_project import git

EXECUTE = "execute tasks_output"
BRANCH = "feature/change-the-app"


def after(*commands: str) -> Callable[[World], None]:
    """Return what runs git commands in the project; a commit may be empty, and a merge may stop."""

    def prepare(world: World) -> None:
        for command in commands:
            world.git(*command.split())

    return prepare


def spoilt(name: str, prepare: Callable[[World], object] | None, *says: str, more: str = "") -> BadInput:
    """Return a case of a repository that a good plan cannot be executed in."""
    return BadInput(name, f"{EXECUTE} {more}".strip(), 1, says, prepare=prepare)


def named(name: str, more: str, *says: str) -> BadInput:
    """Return a case of a name that cannot be used."""
    return BadInput(name, f"{EXECUTE} {more}", 1, says)


def _conflict(world: World) -> None:
    world.git("checkout", "-q", "-b", "other")
    world.write("app.py", "def answer():\n    return 41\n")
    world.git("commit", "-qam", "Less")
    world.git("checkout", "-q", "main")
    world.write("app.py", "def answer():\n    return 43\n")
    world.git("commit", "-qam", "More")


def _merge(world: World) -> None:
    _conflict(world)
    with pytest.raises(Exception, match="exit status 1"):
        world.git("merge", "other")


def _rebase(world: World) -> None:
    _conflict(world)
    with pytest.raises(Exception, match="exit status 1"):
        world.git("rebase", "other")


def _begin_again(world: World) -> None:
    """Leave a repository without a commit."""
    shutil.rmtree(world.project / ".git")
    world.git("init", "-q")


def _bare(world: World) -> None:
    git(world.folder, "clone", "-q", "--bare", str(world.project), str(world.folder / "bare.git"))


def _overwrite(name: str, content: bytes) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        place = world.project / ".git" / name
        if place.is_dir():
            shutil.rmtree(place)
        place.write_bytes(content)

    return prepare


def _break_the_commit(world: World) -> None:
    commit = world.git("rev-parse", "HEAD")
    place = world.project / ".git" / "objects" / commit[:2] / commit[2:]
    place.chmod(0o644)
    place.write_bytes(b"broken")


def _program(world: World, says: str) -> None:
    """Put a program called git on the PATH of the case."""
    place = world.folder / "bin" / "git"
    place.parent.mkdir()
    place.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    place.chmod(0o755)


STATES = (
    spoilt(
        "no repository",
        lambda world: shutil.rmtree(world.project / ".git"),
        "not in a git repository",
        "git init",
    ),
    spoilt("no commit", _begin_again, "has no commit yet", "git commit"),
    spoilt(
        "a bare repository", _bare, "bare.git is a bare repository", "git clone", more="--repo WORLD/bare.git"
    ),
    spoilt("an unfinished merge", _merge, "in the middle of a merge", "git merge --continue or --abort"),
    spoilt("an unfinished rebase", _rebase, "in the middle of a rebase", "git rebase --continue or --abort"),
    spoilt("a bisection", after("bisect start"), "in the middle of a bisect", "git bisect reset"),
    spoilt(
        "a feature branch that is checked out",
        after(f"checkout -q -b {BRANCH}"),
        BRANCH,
        "checked out",
        "git",
    ),
    spoilt(
        "a feature branch of somebody else",
        after(f"checkout -q -b {BRANCH}", "commit -q --allow-empty -m Mine", "checkout -q main"),
        f"{BRANCH} exists and has a commit that is not of this run",
        "Mine",
        "--branch",
    ),
    spoilt(
        "a feature branch that is behind",
        after(f"branch {BRANCH}", "commit -q --allow-empty -m Newer"),
        f"{BRANCH} exists and is behind the base",
        "git branch -f",
    ),
    spoilt(
        "a branch called feature",
        after("branch feature"),
        "the branch feature is in the way",
        "git branch -m",
    ),
    spoilt("a branch called task", after("branch task"), "the branch task is in the way", "git branch -m"),
    spoilt(
        "a branch below the feature branch",
        after(f"branch {BRANCH}/one"),
        f"{BRANCH}/one is in the way",
        "--branch",
    ),
    spoilt("a commit that is damaged", _break_the_commit, "git cannot read the commits", "git fsck"),
    spoilt("an index that is damaged", _overwrite("index", b"broken"), "index file", "git fsck"),
    spoilt("a configuration that is damaged", _overwrite("config", b"[core"), "bad config", "git status"),
    spoilt("a HEAD that is damaged", _overwrite("HEAD", b"\0\0"), "not in a git repository"),
    spoilt(
        "a file where our folder would be",
        _overwrite("tasks", b""),
        ".git/tasks",
        "is a file",
        "Move it away",
    ),
    spoilt(
        "an id of the repository that is none",
        lambda world: world.write(".git/tasks/repository-id", ""),
        "repository-id holds no id",
        "Delete it",
    ),
    spoilt(
        "a branch that has no commit, beside one that has",
        after("checkout -q --orphan empty"),
        "'HEAD' is no commit",
        "git branch --all",
    ),
    spoilt("a folder that is not there", None, "nowhere is not a folder", "--repo", more="--repo nowhere"),
    spoilt("a file instead of a repository", None, "app.py is not a folder", "--repo", more="--repo app.py"),
    spoilt("the folder of git itself", None, ".git is git's own folder", more="--repo .git"),
    spoilt("no name of a repository", None, "a path is empty", more="--repo ''"),
)
NAMES = (
    named("a base that does not exist", "--base nowhere", "'nowhere' is no commit", "git branch --all"),
    named("a base that is no commit", "--base HEAD:app.py", "'HEAD:app.py' is no commit"),
    named("a base like an option", "--base=--all", "'--all' is no commit"),
    named("no base", "--base ''", "'' is no commit"),
    named(
        "a branch with two dots",
        "--branch a..b",
        "'a..b' cannot be the name of a branch",
        "feature/checkout-page",
    ),
    named("a branch like an option", "--branch=-x", "'-x' cannot be the name of a branch"),
    named("a branch of no name", "--branch ''", "'' cannot be the name of a branch"),
    named("a branch with git's own prefix", "--branch refs/heads/feature/q", "Write feature/q."),
    named("a branch called HEAD", "--branch HEAD", "'HEAD' cannot be the name of a branch"),
    named(
        "a branch among those of tasks",
        "--branch task/mine",
        "task/mine cannot be the feature branch",
        "--branch",
    ),
    named("a run that climbs out", "--run-id ../x", "no run can be called '../x'"),
    named(
        "a run called like a folder of ours",
        "--run-id plans",
        "'plans' cannot be the id of a run",
        "--run-id",
    ),
    named("a run of too many letters", "--run-id " + "x" * 65, "no run can be called"),
)
MACHINES = (
    BadInput(
        "nobody is the author",
        EXECUTE,
        1,
        ("git does not know who you are", "git config --global user.name"),
        prepare=lambda world: (world.folder / "home" / ".gitconfig").unlink(),
    ),
    BadInput(
        "a git that is too old",
        EXECUTE,
        1,
        ("git version 2.20.1 is too old", "Install a newer git"),
        prepare=lambda world: _program(
            world,
            f'case "$*" in *version) echo git version 2.20.1;; *) exec {shutil.which("git")} "$@";; esac',
        ),
        environment={"PATH": "WORLD/bin:" + os.environ["PATH"]},
    ),
    BadInput(
        "no git at all",
        EXECUTE,
        1,
        ("cannot start git", "git 2.38 or newer", "PATH"),
        environment={"PATH": "WORLD/home"},
    ),
)


@table(*STATES)
def test_a_repository_that_allows_no_run(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*NAMES)
def test_a_name_that_cannot_be_used(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@table(*MACHINES)
def test_a_machine_on_which_git_does_not_work(case: BadInput, answers: Answers) -> None:
    answers[case.name].result()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_of_somebody_else(world: World) -> None:
    def give_away(world: World) -> None:
        for path in (world.project, *world.project.rglob("*")):
            os.chown(path, 12345, 12345, follow_symlinks=False)

    says = ("belongs to another user", "safe.directory")
    check_case(BadInput("a repository of somebody else", EXECUTE, 1, says, prepare=give_away), world)


def test_a_dry_run_refuses_the_same(world: World) -> None:
    says = ("the branch feature is in the way",)
    check_case(
        BadInput("dry", f"{EXECUTE} --dry-run --json", 1, says, prepare=after("branch feature")), world
    )
