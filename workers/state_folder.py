"""Where the local service keeps its state: one folder for each user (XDG), private to them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.errors import WorkerPoolUnavailable

SOURCE_ROOT = Path(__file__).resolve().parents[1]
LITTLE_BYTES = 64 << 20
ANOTHER_FOLDER = "name another folder with TASKS_STATE_DIR (`state_dir` under [server] in tasks.toml)"
REFUSED = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
    | {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EEXIST}
)


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
    def supervisor_lock(self) -> Path:
        """Return the lock that a supervisor holds as long as it lives."""
        return self.path / "supervisor.lock"

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


@contextmanager
def using_state(state: StateFolder) -> Iterator[None]:
    """Say of the state folder, and in the user's words, what the system refuses.

    Raises:
        WorkerPoolUnavailable: the folder cannot be made, read or written, or its disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        place = "" if error.filename is None else f" ({error.filename})"
        raise WorkerPoolUnavailable(
            f"the state folder {state.path} cannot be used: {error.strerror or error}{place}",
            hint=shortage(state) or f"give yourself access to it, or {ANOTHER_FOLDER}",
        ) from error


def shortage(state: StateFolder) -> str:
    """Return the advice to free some space, when the disk of the state folder is (nearly) full."""
    place = nearest_folder(state.path)
    free = shutil.disk_usage(place).free
    if free > LITTLE_BYTES:
        return ""
    return f"only {free / 1e6:.1f} MB are left on the disk of {place}: free some space, or {ANOTHER_FOLDER}\n"


def nearest_folder(path: Path) -> Path:
    """Return the path itself if it is there, else the nearest thing above that is."""
    return next(place for place in (path, *path.parents) if os.path.exists(place))  # noqa: PTH110 - Path.exists raises where we may not look


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write a JSON file so that a reader sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)  # a full disk must not get fuller
        raise


def read_json(path: Path) -> Any | None:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON file, or None when it is absent or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None


def build_id(root: Path = SOURCE_ROOT) -> str:
    """Return a hash of our own source files: a service of another build is stale."""
    digest = hashlib.sha256()
    for package in ("schemas", "planner", "activities", "workflows", "workers", "tasks_cli"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
