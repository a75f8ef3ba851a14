"""Where things are in and beside a target repository (design 7.2, 7.4, 7.5)."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planner.machine.git_call import call_git
from schemas.errors import GitFailed, InvalidArguments, RepositoryUnusable
from schemas.identifiers import check_identifier

KEPT_REPOSITORIES = 64
ID_HEX_DIGITS = 12
REPOSITORY_ID_FILE = "repository-id"
# Names inside `<common>/tasks` and `refs/tasks` that a run must not have.
RESERVED_RUN_IDS = frozenset(
    {"locks", "plans", "plan-versions", "probes", "removed-worktrees", REPOSITORY_ID_FILE, "verified"}
)


@dataclass(frozen=True, slots=True)
class RepositoryFolders:
    """The clone of record: its main worktree and what git calls its common dir."""

    top: Path
    common: Path

    @property
    def tasks(self) -> Path:
        """Return the folder of everything this program keeps beside the repository's objects."""
        return self.common / "tasks"

    @property
    def locks(self) -> Path:
        """Return the folder of the lock files; it exists afterwards."""
        folder = self.tasks / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def open_repository(path: Path) -> RepositoryFolders:
    """Return the folders of the repository a path lies in.

    The path may be the repository, a folder in it, or a linked worktree of it: the clone of record is always
    the main worktree (or, when that is bare, the linked worktree that was named).

    Raises:
        RepositoryUnusable: there is no repository, or it is bare.
    """
    if not path.is_dir():
        raise RepositoryUnusable(f"{path} is not a folder", hint="Name the repository with --repo.")
    if "\n" in str(path):
        raise RepositoryUnusable(f"{str(path)!r} has a line break in its name", hint="Rename the folder.")
    try:
        if call_git(path, "rev-parse", "--is-bare-repository").out == "true":
            raise RepositoryUnusable(
                f"{path} is a bare repository: there is no checkout to plan from",
                hint="Clone it (git clone PATH FOLDER) and name the clone with --repo.",
            )
        asked = ("--git-common-dir", "--git-dir", "--show-toplevel")
        answer = call_git(path, "rev-parse", "--path-format=absolute", *asked)
        common, git_dir, top = answer.out.split("\n")
    except GitFailed as error:
        raise _not_a_repository(path, error) from error
    folders = RepositoryFolders(Path(top), Path(common))
    return folders if git_dir == common else _main_worktree(folders)


def reopen_repository(path: Path) -> RepositoryFolders:
    """Return the folders of a repository that is opened again and again; git is asked once for each process.

    What stands at the path is looked at each time: another repository there is another one.

    Raises:
        RepositoryUnusable: there is no repository, or it is bare.
    """
    try:
        mark = (path / ".git").stat()
    except OSError:
        return open_repository(path)
    return _reopened(path, mark.st_dev, mark.st_ino)


@lru_cache(maxsize=KEPT_REPOSITORIES)
def _reopened(path: Path, _device: int, _inode: int) -> RepositoryFolders:
    return open_repository(path)


def known_repository_id(folders: RepositoryFolders) -> str | None:
    """Return the repository's id, None if it has none yet; none is made.

    Raises:
        RepositoryUnusable: what is there is no id.
    """
    if folders.tasks.exists() and not folders.tasks.is_dir():
        raise RepositoryUnusable(
            f"{folders.tasks} is a file, where the folder of `tasks` would be", hint="Move it away."
        )
    file = folders.tasks / REPOSITORY_ID_FILE
    return _id_in(file) if file.exists() else None


def repository_id(folders: RepositoryFolders) -> str:
    """Return the repository's id, 12 hex digits made once at random: it survives moving and renaming.

    Raises:
        RepositoryUnusable: what is there is no id.
    """
    file = folders.tasks / REPOSITORY_ID_FILE
    if not file.exists():
        folders.tasks.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        draft.write_text(secrets.token_hex(ID_HEX_DIGITS // 2) + "\n")
        try:
            os.link(draft, file)  # whoever links first wins; a rename would let the last one win
        except FileExistsError:
            pass  # somebody else was first: theirs counts
        finally:
            draft.unlink()
    return _id_in(file)


def evidence_folder(folders: RepositoryFolders, run_id: str, task_id: str, attempt: int) -> Path:
    """Return the folder for the evidence of an attempt (design 7.5); it need not exist yet."""
    return folders.tasks / check_run_id(run_id) / check_identifier(task_id) / str(attempt)


def worktrees_root(folders: RepositoryFolders, run_id: str, state_folder: Path) -> Path:
    """Return the folder for the worktrees of a run; it exists afterwards.

    It is `../worktrees/<run>` beside the repository, or lies in the state folder when that cannot be written,
    belongs to another checkout, which it would make dirty, or has a colon, which PATH cannot hold.
    """
    identity = repository_id(folders)
    run = check_run_id(run_id)
    # Two repositories may lie side by side and have a run of the same name.
    name = run if identity in run else f"{run}.{identity}"
    beside = folders.top.parent / "worktrees" / name
    in_path = os.pathsep not in str(beside)
    if in_path and not _lies_in_a_checkout(folders.top.parent) and _can_make(beside):
        return beside
    fallback = state_folder / "worktrees" / identity / run
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback


def check_run_id(run_id: str) -> str:
    """Return the run's id unchanged.

    Raises:
        InvalidArguments: it could not be a part of a ref and of a path, or is a name we use ourselves.
    """
    try:
        check_identifier(run_id)
    except ValueError as error:
        raise InvalidArguments(str(error), hint="Choose another name with --run-id.") from error
    if run_id in RESERVED_RUN_IDS:
        raise InvalidArguments(
            f"{run_id!r} cannot be the id of a run: the name is used by `tasks` itself",
            hint="Choose another name with --run-id.",
        )
    return run_id


def _id_in(file: Path) -> str:
    found = file.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(rf"[0-9a-f]{{{ID_HEX_DIGITS}}}", found):
        raise RepositoryUnusable(
            f"{file} holds no id of a repository, which is {ID_HEX_DIGITS} hex digits",
            hint="Delete it: another id is made then, and plans get runs of new names.",
        )
    return found


def _main_worktree(linked: RepositoryFolders) -> RepositoryFolders:
    configured = call_git(
        linked.top, "config", "--file", str(linked.common / "config"), "--get", "core.worktree", ok=(0, 1)
    ).out
    top = linked.common.joinpath(configured).resolve() if configured else linked.common.parent
    bare = call_git(
        linked.top,
        "config",
        "--file",
        str(linked.common / "config"),
        "--bool",
        "--get",
        "core.bare",
        ok=(0, 1),
    ).out
    # Of a repository whose folder lies elsewhere (`--separate-git-dir`), git does not know the main worktree.
    known = bare != "true" and (top / ".git").exists()
    return RepositoryFolders(top, linked.common) if known else linked


def _not_a_repository(path: Path, error: GitFailed) -> RepositoryUnusable:
    if "dubious ownership" in error.message:
        return RepositoryUnusable(
            f"{path} belongs to another user, so git does not open it",
            hint=f"If you trust it: git config --global --add safe.directory {path}",
        )
    if "must be run in a work tree" in error.message:
        return RepositoryUnusable(f"{path} is git's own folder", hint="Name the folder that contains it.")
    if "unknown repository extension" in error.message or "Expected git repo version" in error.message:
        return RepositoryUnusable(
            f"{path} was made by a newer git: {error.message.splitlines()[-1]}", hint="Install a newer git."
        )
    if "not a git repository" in error.message:
        return RepositoryUnusable(
            f"{path} is not in a git repository", hint="git init, commit what is there, and try again."
        )
    return RepositoryUnusable(
        error.message,
        hint=error.hint or "Mend what git complains about; git status in it tells when it is well.",
    )


def _lies_in_a_checkout(folder: Path) -> bool:
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))


def _can_make(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
