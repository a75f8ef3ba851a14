"""The environment that every test and every process of a test sees: ours, without its user's habits."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from platformdirs import user_cache_path

SCRUBBED = ("TASKS_", "GIT_", "TEMPORAL_", "XDG_")
KEPT = ("TASKS_TEMPORAL_CLI",)  # which Temporal to test with is the user's to say

GIT_SETTINGS = """\
[user]
    name = Test Author
    email = author@tests.invalid
[init]
    defaultBranch = main
[commit]
    gpgSign = false
[gc]
    auto = 0
[maintenance]
    auto = false
"""


def isolate_environment(environment: MutableMapping[str, str], private: Path) -> None:
    """Change the environment so that a test finds nothing of its user's and leaves nothing with him.

    Args:
        environment: is changed.
        private: an empty folder; it becomes the home, and our state folder is below it.
    """
    # A Temporal that was built in minutes is worth keeping: the cache is the one thing that stays the user's.
    cache = environment.get("TASKS_CACHE_DIR") or str(user_cache_path("tasks-on-temporal"))
    for name in list(environment):
        if name.startswith(SCRUBBED) and name not in KEPT:
            del environment[name]
    home = private / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(GIT_SETTINGS, encoding="utf-8")
    environment.update(
        HOME=str(home),
        TASKS_CACHE_DIR=cache,
        TASKS_STATE_DIR=str(private / "state"),
        TASKS_TEMPORAL_DOWNLOAD="never",
    )
