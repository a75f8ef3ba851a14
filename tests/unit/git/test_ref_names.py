from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activities.git_commands import check_ref_name
from schemas.errors import InvalidArguments

PARTS = st.text(alphabet="ab.-/@{~^:?*[\\ \t\x7f_\u00e9", min_size=0, max_size=9)


def accepted(name: str) -> bool:
    try:
        return check_ref_name(name) == name
    except InvalidArguments:
        return False


@settings(max_examples=150, deadline=None)
@given(PARTS)
@example("a.lock/b")
@example("a.lock")
@example("@")
@example("a@{b")
@example("a/.b")
@example("/a")
@example("a//b")
@example("a.")
@example("a/b.")
def test_a_name_passes_exactly_when_git_takes_it_for_a_branch(name: str) -> None:
    said = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False)
    # `--branch @{-1}` and its like name an earlier branch: the answer is then another name.
    theirs = said.returncode == 0 and said.stdout.decode().strip("\n") == name
    theirs = theirs and name != "@"  # a legal branch that no command but this one could name
    assert accepted(name) == theirs


@pytest.mark.parametrize(
    "name", ["", "-x", "--output=x", "a b", "a\nb", "a\0b", "../a", "HEAD", "a..b", ".a"]
)
def test_what_could_be_an_option_or_a_range_is_refused(name: str) -> None:
    assert not accepted(name)


@pytest.mark.parametrize("name", ["feature/x", "refs/tasks/run-1/T1/1/50", "größe", "a@b", "a-b_c.d"])
def test_ordinary_names_pass(name: str) -> None:
    assert accepted(name)
