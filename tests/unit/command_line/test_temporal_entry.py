"""`temporal tasks ...` gets flags in front that belong behind the subcommand."""

from __future__ import annotations

import pytest

from tasks_cli.__main__ import behind_the_command


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["-o", "./out/", "plan", "-f", "a.md"], ["plan", "-o", "./out/", "-f", "a.md"]),
        (["--output=./out", "plan", "x"], ["plan", "--output=./out", "x"]),
        (["-o", "a", "--log-level", "info", "plan"], ["plan", "-o", "a", "--log-level", "info"]),
        (["plan", "-o", "a"], ["plan", "-o", "a"]),
        (["--help"], ["--help"]),
        (["-o"], ["-o"]),
        ([], []),
    ],
)
def test_leading_flags_go_behind_the_command(given: list[str], expected: list[str]) -> None:
    assert behind_the_command(given) == expected
