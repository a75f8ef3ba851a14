"""Which variables a command gets to see: an allow-list, so that no secret leaks unless it was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType

ALLOWED = ("LANG", "TZ")
ALLOWED_PREFIX = "LC_"
FIXED: Mapping[str, str] = MappingProxyType({"TERM": "dumb", "CI": "1", "PYTHONDONTWRITEBYTECODE": "1"})
DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
_SECRET = re.compile(
    r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|^AWS_|^SSH_AUTH_SOCK$|^GIT_ASKPASS$"
)


def looks_secret(name: str) -> bool:
    """Return whether a variable of this name may hold a secret; rather once too often than too rarely."""
    return _SECRET.search(name.upper()) is not None


def command_environment(  # noqa: PLR0913 - each is a decision of its own, and all but three have a default
    outer: Mapping[str, str],
    home: Path,
    temporary: Path,
    *,
    path_prefix: Sequence[Path] = (),
    pass_names: Sequence[str] = (),
    extra: Mapping[str, str] = MappingProxyType({}),
    hide: Sequence[Path] = (),
) -> dict[str, str]:
    """Return the whole environment of a command.

    Args:
        outer: our own environment.
        home: becomes HOME, unless HOME is in `pass_names` (an agent that needs its user's login).
        temporary: becomes TMPDIR.
        path_prefix: folders to search before all others, such as the worktree's own environment.
        pass_names: names that are passed on from `outer` though they are not on the list, even secrets.
        extra: variables to set, whatever their names; they win over all others.
        hide: folders to take off PATH: the `bin` of our own virtual environment, else a project would be
            tested with our packages.

    Returns:
        The variables, sorted by name: the same arguments give the same bytes.
    """
    passed = {name: outer[name] for name in pass_names if name in outer and name != "PATH"}
    harmless = {
        name: value
        for name, value in outer.items()
        if (name in ALLOWED or name.startswith(ALLOWED_PREFIX)) and not looks_secret(name)
    }
    path = search_path(outer.get("PATH", DEFAULT_PATH), path_prefix, hide)
    places = {"HOME": str(home), "TMPDIR": str(temporary), "PATH": path}
    return dict(sorted({**harmless, **FIXED, **places, **passed, **extra}.items()))


def search_path(outer: str, prefix: Sequence[Path], hide: Sequence[Path]) -> str:
    """Return a PATH with the prefix first and without the hidden folders.

    Relative and empty entries are left out: they would be searched in the worktree, where an agent may have
    put a `git`.
    """
    hidden = {PurePath(folder) for folder in hide}
    kept = (entry for entry in outer.split(":") if entry.startswith("/") and PurePath(entry) not in hidden)
    return ":".join(dict.fromkeys([*(str(folder) for folder in prefix), *kept]))
