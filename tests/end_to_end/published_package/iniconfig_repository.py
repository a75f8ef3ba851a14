"""iniconfig as it was published, fetched by name, version and hash, as a git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What packing a source distribution adds to the files of the project.
ADDED_BY_PACKING = ("PKG-INFO", "setup.cfg", "src/iniconfig.egg-info", "src/iniconfig/_version.py")


def find_uv() -> Path:
    """Return uv: the one `make setup` fetched, else the user's.

    Raises:
        AssertionError: when there is none; `make setup` brings it.
    """
    pinned = CHECKOUT / ".tools" / "uv" / "bin" / "uv"
    found = str(pinned) if pinned.exists() else shutil.which("uv")
    assert found, "there is no uv: run `make setup`"
    return Path(found)


def network_environment(cache: Path) -> dict[str, str]:
    """Return an environment in which setup scripts find uv, and share one cache in a folder of the test."""
    environment = {**os.environ, "UV_CACHE_DIR": str(cache), "UV_PYTHON_DOWNLOADS": "never"}
    environment["PATH"] = os.pathsep.join([str(find_uv().parent), environment["PATH"]])
    if CERTIFICATES.exists():
        environment.setdefault("SSL_CERT_FILE", str(CERTIFICATES))
    return environment


def fetch(folder: Path, environment: Mapping[str, str]) -> Path:
    """Download the pinned source distribution into a folder and return the archive.

    pip compares the hash before it looks into the archive, and asks the build backend for metadata after
    that: the backend is given, pinned, so that pip need not fetch one.
    """
    tools = ("--from", "pip==25.3", "--with", "setuptools==80.9.0", "--with", "setuptools-scm==9.2.2")
    uv = (str(find_uv()), "tool", "run", "--quiet")
    pip = ("pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--no-build-isolation")
    subprocess.run(
        [*uv, *tools, *pip, "--require-hashes", "-d", str(folder), "-r", str(REQUIREMENTS)],
        env=dict(environment),
        check=True,
        timeout=120,
    )
    (archive,) = folder.glob("iniconfig-*.tar.gz")
    return archive


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
