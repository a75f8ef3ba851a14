"""The one way to change a repository: git with everything off that could run, ask or wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from planner.machine.git_call import SAFE_SETTINGS, TIME_LIMIT_SECONDS, GitAnswer, call_git
from planner.machine.ref_names import check_ref_name

__all__ = ["GitAnswer", "check_ref_name", "run_git"]

# What was answered must survive a power cut: 0.6 ms for a commit and its ref on an SSD.
WRITE_SETTINGS = (*SAFE_SETTINGS, "core.fsync=all")


def run_git(
    folder: Path,
    *arguments: str,
    settings: Collection[str] = (),
    input_data: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = TIME_LIMIT_SECONDS,
    ok: Collection[int] = (0,),
) -> GitAnswer:
    """Run git in a folder and return its answer.

    Hooks, signing, prompts, automatic maintenance and inherited GIT_* variables are off; every path is
    literal; what git writes is on the disk before it answers.

    Raises:
        GitFailed: an exit code that is not in `ok`, or no time left; holds the command and what git said.
    """
    return call_git(
        folder,
        *arguments,
        settings=(*WRITE_SETTINGS, *settings),
        input_data=input_data,
        environment=environment,
        timeout_seconds=timeout_seconds,
        ok=ok,
    )
