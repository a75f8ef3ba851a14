"""Keep plans in the object store of the repository they are for: a commit whose tree is the plan folder."""

from __future__ import annotations

import re
from collections.abc import Mapping

from filelock import FileLock

from activities.git_commands import run_git
from activities.ref_updates import update_ref
from planner.machine.git_reader import Identity, read_file, read_files
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import InvalidArguments, PlanValidationFailed

LOCK_SECONDS = 120.0
PLAN_REFS = "refs/tasks/plans/"
# A run keeps the commit it was started with: it must stay reachable when the plan is stored anew.
VERSION_REFS = "refs/tasks/plan-versions/"
_PLAN_ID = re.compile(r"PLAN-[0-9a-f]{8}")
_NAME = re.compile(r"(?!\.git$)[A-Za-z0-9._-]+")


def store_plan(folders: RepositoryFolders, files: Mapping[str, bytes], plan_id: str, author: Identity) -> str:
    """Store the files of a plan folder under `refs/tasks/plans/<plan-id>` and return the commit.

    Its dates are fixed: the same files by the same author are the same commit, however often they are stored.

    Raises:
        InvalidArguments: the plan id or a file name is not one of ours.
    """
    if not _PLAN_ID.fullmatch(plan_id):
        raise InvalidArguments(f"{plan_id!r} is not a plan id such as PLAN-0123abcd")
    stream = _commit_stream(files, plan_id, author)
    # One process for any number of files; --force: a plan may be stored again after a document changed.
    options = ("--quiet", "--force", "--done", "--date-format=raw")
    # Two runs that store one plan at once would each find the other's ref in the way.
    with FileLock(folders.locks / "plans.lock", timeout=LOCK_SECONDS):
        commit = run_git(folders.top, "fast-import", *options, input_data=stream).out
        update_ref(folders.common, f"{VERSION_REFS}{commit}", commit, "tasks: store plan")
    return commit


def read_plan_file(folders: RepositoryFolders, commit: str, name: str) -> bytes:
    """Return one file of a stored plan.

    Raises:
        PlanValidationFailed: the plan has no such file.
    """
    content = read_file(folders.top, commit, name)
    if content is None:
        raise PlanValidationFailed(
            f"the stored plan {commit[:12]} has no {name}", hint="Start the run again from its plan folder."
        )
    return content


def read_plan_files(folders: RepositoryFolders, commit: str) -> dict[str, bytes]:
    """Return all files of a stored plan by name."""
    return read_files(folders.top, commit)


def _commit_stream(files: Mapping[str, bytes], plan_id: str, author: Identity) -> bytes:
    name, email = (re.sub(r"[<>\n\0]", "", text) for text in (author.name, author.email))
    who = f"{name} <{email}> 0 +0000\n"
    message = f"Plan {plan_id}\n".encode()
    parts = [f"commit {PLAN_REFS}{plan_id}\nmark :1\nauthor {who}committer {who}".encode(), _data(message)]
    for path, content in sorted(files.items()):
        if not _NAME.fullmatch(path) or path in {".", ".."}:
            raise InvalidArguments(f"{path!r} cannot be a file of a plan folder")
        parts += [f"M 100644 inline {path}\n".encode(), _data(content)]
    return b"".join([*parts, b"get-mark :1\ndone\n"])


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
