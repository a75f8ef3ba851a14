"""A command that has used Temporal's library ends with its own exit code, a hundred times out of a hundred.

The library can crash the interpreter after the program has finished, about one time in four (decision 0004).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.end_to_end.user_machine import UserMachine
from tests.small_project import plan_project, runbook, task

TIMES = 100
AT_ONCE = 2


@pytest.mark.timeout(300)
def test_a_command_that_used_temporal_ends_a_hundred_times_with_its_exit_code(
    shared_machine: UserMachine, tmp_path: Path
) -> None:
    project = plan_project(tmp_path, runbook(task("Write a", "echo a > a.txt", "test -s a.txt", id="A")))
    options = ("--repo", project.repository, "--run-id", "asked-often")
    assert shared_machine.tasks("execute", project.plan_folder, *options).returncode == 0

    def there() -> CompletedProcess[str]:
        return shared_machine.tasks("status", "asked-often", "--json")

    def not_there() -> CompletedProcess[str]:
        return shared_machine.tasks("status", "never-started", "--json")

    # Every fifth asks for a run that is not there: that is exit code 1, with a message and without a result.
    commands: list[Callable[[], CompletedProcess[str]]] = [
        not_there if number % 5 == 4 else there for number in range(TIMES)
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(lambda command: command(), commands))
    expected = [1 if command is not_there else 0 for command in commands]
    assert [each.returncode for each in ended] == expected, Counter(each.stderr[-300:] for each in ended)
    for each in ended:
        if each.returncode == 0:
            assert (json.loads(each.stdout)["state"], each.stderr) == ("succeeded", "")
        else:
            assert each.stdout == ""
            assert each.stderr.splitlines()[0] == "error: there is no run 'never-started'"
