"""iniconfig as it was published, fetched by name, version and hash, as a git repository."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.end_to_end.published_package.source_distribution import fetch_source

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
# What packing a source distribution adds to the files of the project.
ADDED_BY_PACKING = ("PKG-INFO", "setup.cfg", "src/iniconfig.egg-info", "src/iniconfig/_version.py")


def fetch(folder: Path, environment: Mapping[str, str]) -> Path:
    """Download the pinned source distribution into a folder and return the archive."""
    return fetch_source(REQUIREMENTS, ("setuptools==80.9.0", "setuptools-scm==9.2.2"), folder, environment)


def make_repository(archive: Path, folder: Path) -> Path:
    """Unpack the archive into a new repository with one commit on `main`, tagged as released."""
    folder.mkdir(parents=True)
    subprocess.run(["tar", "--no-same-owner", "-xzf", archive, "-C", folder], check=True)
    (unpacked,) = folder.iterdir()
    repository = unpacked.rename(folder / "iniconfig")
    for name in ADDED_BY_PACKING:
        path = repository / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for arguments in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "iniconfig 2.3.1"),
        ("tag", "v2.3.1"),
    ):
        subprocess.run(["git", *arguments], cwd=repository, check=True)
    return repository
