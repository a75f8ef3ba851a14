from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.machine.repository_folders import RepositoryFolders, worktrees_root
from tests.unit.git.sample_repository import RUN, make_repository, opened


@pytest.fixture(autouse=True)
def _own_git_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "code" / "sample")


@pytest.fixture
def folders(top: Path) -> RepositoryFolders:
    return opened(top)


@pytest.fixture
def root(folders: RepositoryFolders, tmp_path: Path) -> Path:
    return worktrees_root(folders, RUN, tmp_path / "state")
