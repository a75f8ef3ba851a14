"""Where the local service keeps its state: one folder for each user (XDG), private to them."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Paths below the state folder."""

    path: Path

    @property
    def service_file(self) -> Path:
        """Return the record of the running local service."""
        return self.path / "service.json"

    @property
    def pool_file(self) -> Path:
        """Return the wanted size of the worker pool."""
        return self.path / "pool.json"

    @property
    def start_lock(self) -> Path:
        """Return the lock held while the service is being started."""
        return self.path / "start.lock"

    @property
    def database(self) -> Path:
        """Return the database of the local Temporal server."""
        return self.path / "temporal.db"

    @property
    def repositories(self) -> Path:
        """Return the folder that lists the repositories which the workers of this host serve."""
        return self.path / "repositories"

    @property
    def workers(self) -> Path:
        """Return the folder of the workers' identities."""
        return self.path / "workers"

    def log(self, name: str) -> Path:
        """Return the log file of one process."""
        return self.path / "logs" / f"{name}.log"


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write a JSON file so that a reader sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file)
    Path(name).replace(path)


def read_json(path: Path) -> Any | None:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON file, or None when it is absent or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None


def build_id(root: Path) -> str:
    """Return a hash of our own source files: a service of another build is stale."""
    digest = hashlib.sha256()
    for package in ("schemas", "planner", "activities", "workflows", "workers", "tasks_cli"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
