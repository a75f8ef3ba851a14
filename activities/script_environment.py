"""The environment of the scripts of one worktree: its own folders first, nothing of ours (design 7.5)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from planner.machine.process_environment import command_environment
from planner.machine.work_folder import WorkFolder

# HOME is a folder of the worktree, so whatever is looked up there by default has to be named: a shim of
# rustup or pyenv finds no toolchain without its folder, and a package manager downloads everything again
# without its cache. Only folders in which no login is kept.
TOOL_FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "ASDF_DATA_DIR": ".asdf",
        "GOCACHE": ".cache/go-build",
        "GOMODCACHE": "go/pkg/mod",
        "MISE_DATA_DIR": ".local/share/mise",
        "NVM_DIR": ".nvm",
        "PIP_CACHE_DIR": ".cache/pip",
        "PYENV_ROOT": ".pyenv",
        "RUSTUP_HOME": ".rustup",
        "UV_CACHE_DIR": ".cache/uv",
        "UV_PYTHON_INSTALL_DIR": ".local/share/uv/python",
        "VOLTA_HOME": ".volta",
        "npm_config_cache": ".npm",
    }
)
# How this machine reaches its packages: without these, `setup` fails behind a proxy or a mirror.
DOWNLOAD_SETTINGS: tuple[str, ...] = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT"),
    *("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"),
    *("npm_config_registry", "GOPROXY", "GOSUMDB", "GOFLAGS"),
)
_LOGIN_IN_URL = re.compile(r"://[^\s/]*@")


def script_environment(
    work: WorkFolder,
    outer: Mapping[str, str],
    env_pass: Sequence[str] = (),
    extra: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return the whole environment of a script that runs in a worktree.

    Args:
        work: the worktree; its environment folder is TASKS_ENV, and its `bin` is searched first.
        outer: our own environment.
        env_pass: names the plan passes on, even secrets.
        extra: more variables to set.
    """
    ours = {"TASKS_ENV": str(work.environment), "UV_PROJECT_ENVIRONMENT": str(work.environment)}
    if (work.environment / "bin" / "python").exists():
        ours["VIRTUAL_ENV"] = str(work.environment)
    return command_environment(
        outer,
        work.home,
        work.temporary,
        path_prefix=(work.environment / "bin",),
        pass_names=env_pass,
        extra={**_tool_folders(outer, env_pass), **_download_settings(outer), **ours, **extra},
        hide=own_program_folders(),
    )


def own_program_folders() -> tuple[Path, ...]:
    """Return the `bin` of our own virtual environment: a project must not be tested with our packages."""
    if sys.prefix == sys.base_prefix:
        return ()
    return (Path(sys.prefix) / "bin", Path(os.path.realpath(sys.prefix)) / "bin")


def _tool_folders(outer: Mapping[str, str], env_pass: Sequence[str]) -> dict[str, str]:
    home = Path(outer.get("HOME") or "/nonexistent")
    places = {name: Path(outer.get(name) or home / below) for name, below in TOOL_FOLDERS.items()}
    return {
        name: str(place)
        for name, place in places.items()
        if place.is_absolute() and place.is_dir() and name not in env_pass
    }


def _download_settings(outer: Mapping[str, str]) -> dict[str, str]:
    found = {name: outer[name] for name in DOWNLOAD_SETTINGS if name in outer}
    # An address with a login in it is a secret, and passes only when the plan names the variable.
    return {name: value for name, value in found.items() if not _LOGIN_IN_URL.search(value)}
