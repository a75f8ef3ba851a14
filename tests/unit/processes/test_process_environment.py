from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.machine.processes import command_environment, looks_secret

HOME, TEMPORARY = Path("/run/home"), Path("/run/tmp")
NAMES = st.text(st.characters(codec="ascii", categories=["Lu", "Nd"], include_characters="_"), min_size=1)


def test_the_list_is_all_that_passes() -> None:
    outer = {
        "PATH": "/usr/bin:/bin",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "TZ": "UTC",
        "TERM": "xterm",
        "HOME": "/home/me",
        "VIRTUAL_ENV": "/ours",
        "PYTHONPATH": "/ours",
        "PYTHONHOME": "/ours",
        "UV_CACHE_DIR": "/cache",
        "GIT_DIR": "/repository/.git",
        "TEMPORAL_ADDRESS": "localhost:7233",
        "TASKS_PROCESS_TOKEN": "0123",
        "LD_PRELOAD": "/lib/x.so",
        "LC_API_KEY": "a secret with an allowed prefix",
        "OPENAI_API_KEY": "sk-0",
    }
    assert command_environment(outer, HOME, TEMPORARY) == {
        "CI": "1",
        "HOME": "/run/home",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TERM": "dumb",
        "TMPDIR": "/run/tmp",
        "TZ": "UTC",
    }


def test_a_name_that_is_asked_for_passes_even_if_it_is_secret_or_ours() -> None:
    outer = {"OPENAI_API_KEY": "sk-0", "HOME": "/home/me", "GIT_DIR": "/x", "OTHER_TOKEN": "t"}
    passed = command_environment(
        outer, HOME, TEMPORARY, pass_names=["OPENAI_API_KEY", "HOME", "GIT_DIR", "ABSENT"]
    )
    assert passed["OPENAI_API_KEY"] == "sk-0"
    assert passed["HOME"] == "/home/me"
    assert passed["GIT_DIR"] == "/x"
    assert not {"OTHER_TOKEN", "ABSENT"} & passed.keys()


def test_what_is_set_explicitly_wins() -> None:
    passed = command_environment(
        {"CI": "0"}, HOME, TEMPORARY, pass_names=["CI"], extra={"CI": "x", "TASKS_A": "1"}
    )
    assert (passed["CI"], passed["TASKS_A"]) == ("x", "1")


def test_our_own_environment_is_taken_off_the_path_and_the_worktrees_comes_first() -> None:
    outer = {"PATH": "/ours/bin:/usr/bin:.:relative/bin::/ours/bin/:/bin:/usr/bin"}
    prefix, hide = [Path("/worktree-env/bin")], [Path("/ours/bin")]
    passed = command_environment(outer, HOME, TEMPORARY, path_prefix=prefix, hide=hide, pass_names=["PATH"])
    assert passed["PATH"] == "/worktree-env/bin:/usr/bin:/bin"


def test_without_a_path_there_is_a_usual_one() -> None:
    assert command_environment({}, HOME, TEMPORARY)["PATH"] == "/usr/local/bin:/usr/bin:/bin"


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "github_token",
        "MY_SECRET_1",
        "PGPASSWORD",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "AWS_PROFILE",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["SSH_AUTH_SOCK", "GIT_ASKPASS", "aws_region"])
def test_names_that_lead_to_secrets_are_known(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["PATH", "LANG", "LC_ALL", "TZ", "HOME", "CLAWS_X"])
def test_other_names_are_not_secret(name: str) -> None:
    assert not looks_secret(name)


@given(outer=st.dictionaries(NAMES, st.text(max_size=3)), named=st.sets(NAMES, max_size=3))
def test_no_variable_comes_through_that_was_neither_listed_nor_named(
    outer: dict[str, str], named: set[str]
) -> None:
    listed = {"PATH", "LANG", "TZ", "TERM", "CI", "PYTHONDONTWRITEBYTECODE", "HOME", "TMPDIR"}
    passed = command_environment(outer, HOME, TEMPORARY, pass_names=sorted(named))
    for name in passed.keys() - listed - named:
        assert name.startswith("LC_")
        assert not looks_secret(name)
    assert list(passed) == sorted(passed)
