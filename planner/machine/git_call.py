"""Start git, the same way for everybody: no hook, no prompt, no inherited repository, a time limit."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.machine.process_environment import DEFAULT_PATH, search_path
from planner.machine.processes import ShortResult, run_short
from schemas.errors import GitFailed

TIME_LIMIT_SECONDS = 120.0
SHOWN_STDERR = 2000

# A repository's own configuration may name programs and habits that are meant for a person at a prompt.
SAFE_SETTINGS: tuple[str, ...] = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.safecrlf=false",
    "commit.gpgsign=false",
    "tag.gpgsign=false",
    "log.showSignature=false",
    "submodule.recurse=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "advice.detachedHead=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
# Where a user's configuration lies is the user's choice; every other GIT_* variable would redirect us.
KEPT_VARIABLES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
FIXED_VARIABLES: Mapping[str, str] = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ADVICE": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "C",
}


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said, and how it ended."""

    exit_code: int
    out_bytes: bytes
    err: str

    @property
    def out(self) -> str:
        """Return the output as text; `os.fsencode` gives back the very bytes."""
        return os.fsdecode(self.out_bytes).removesuffix("\n")


def git_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment for git, made from ours."""
    kept = {name: value for name, value in outer.items() if not name.startswith("GIT_")}
    kept |= {name: outer[name] for name in KEPT_VARIABLES if name in outer}
    kept["PATH"] = search_path(outer.get("PATH", DEFAULT_PATH), (), ())
    return {**kept, **FIXED_VARIABLES}


def forget_inherited_repository() -> None:
    """Remove from our own environment what points to another repository.

    A hook or an alias that starts us passes GIT_DIR and its like on; GitPython reads them from `os.environ`
    and cannot be told to leave one out.
    """
    for name in [name for name in os.environ if name.startswith("GIT_") and name not in KEPT_VARIABLES]:
        if not name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_PYTHON_")):
            os.environ.pop(name, None)


def call_git(
    folder: Path,
    *arguments: str,
    settings: Collection[str] = SAFE_SETTINGS,
    input_data: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = TIME_LIMIT_SECONDS,
    ok: Collection[int] = (0,),
) -> GitAnswer:
    """Run git in a folder and return its answer.

    Args:
        folder: where git runs.
        arguments: the command and its arguments; a caller's text never stands where an option could.
        settings: `name=value` pairs that win over the configuration files.
        input_data: its standard input.
        environment: variables in addition to the cleaned ones.
        timeout_seconds: after this many seconds git and its children are killed.
        ok: the exit codes that are answers.

    Raises:
        GitFailed: any other exit code, no time left, or git cannot be started; holds what git said.
    """
    options = [part for setting in settings for part in ("-c", setting)]
    try:
        result = run_short(
            ["git", *options, *arguments],
            folder,
            {**git_environment(os.environ), **(environment or {})},
            input_data,
            timeout_seconds,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise GitFailed(f"git {arguments[0]} cannot run in {folder}: {error.strerror}") from error
    if result.timed_out or result.exit_code not in ok:
        raise _failure(folder, arguments, result, timeout_seconds)
    return GitAnswer(result.exit_code, result.stdout, result.stderr.decode("utf-8", "replace").strip())


def _failure(
    folder: Path, arguments: tuple[str, ...], result: ShortResult, timeout_seconds: float
) -> GitFailed:
    said = (result.stderr or result.stdout).decode("utf-8", "replace").strip()[-SHOWN_STDERR:]
    how = f"took longer than {timeout_seconds:g} s" if result.timed_out else f"failed ({result.exit_code})"
    shown = os.fsencode(" ".join(arguments)).decode("utf-8", "backslashreplace")
    hint = "Is git 2.38 or newer installed and on PATH?" if "cannot start git" in said else ""
    return GitFailed(f"git {shown} {how} in {folder}: {said or 'no message'}", hint=hint)
