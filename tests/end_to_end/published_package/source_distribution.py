"""Fetch a source distribution by name, version and hash."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


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


def fetch_source(
    requirements: Path, backend: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Path:
    """Download the one pinned source distribution of a requirements file and return the archive.

    pip compares the hash before it looks into the archive, and asks the build backend for metadata after
    that: the backend is given, pinned, so that pip need not fetch one.
    """
    tools = ["--from", "pip==25.3", *(part for name in backend for part in ("--with", name))]
    uv = (str(find_uv()), "tool", "run", "--quiet")
    pip = ("pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--no-build-isolation")
    subprocess.run(
        [*uv, *tools, *pip, "--require-hashes", "-d", str(folder), "-r", str(requirements)],
        env=dict(environment),
        check=True,
        timeout=120,
    )
    (archive,) = folder.glob("*.tar.gz")
    return archive
