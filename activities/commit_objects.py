"""Write a commit as git does, in a file of its own, without a process: a task writes two at least."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
import unicodedata
import zlib
from contextlib import suppress
from hashlib import sha1
from pathlib import Path

from activities.git_commands import run_git
from planner.machine.git_reader import Identity, check_object_id
from schemas.errors import GitFailed

_NOT_IN_A_NAME = frozenset("<>\n\0")
_NO_SIGNS = frozenset({"Cn", "Cs"})  # git puts something else in place of bytes that mean nothing
_READ_ONLY = 0o444
_TRIES = 3


def write_commit(common: Path, tree: str, parents: tuple[str, ...], message: str, author: Identity) -> str:
    """Write a commit object and return its id; no branch moves. It is on the disk then.

    Raises:
        GitFailed: git could not write it.
    """
    for name in (tree, *parents):
        check_object_id(name)
    if not _is_plain(common, author, message):
        return _written_by_git(common, tree, parents, message, author)
    now = f"{int(time.time())} {time.strftime('%z')}"
    raw = commit_content(tree, parents, message, author, now)
    commit = sha1(raw, usedforsecurity=False).hexdigest()
    try:
        _store(common / "objects", commit, raw)
    except OSError as error:
        raise GitFailed(f"a commit cannot be written in {common}: {error.strerror}") from error
    return commit


def commit_content(tree: str, parents: tuple[str, ...], message: str, author: Identity, when: str) -> bytes:
    """Return the object: what git hashes and stores (gitformat-commit).

    Args:
        tree: what the commit holds.
        parents: the commits before it.
        message: kept as it is.
        author: also the committer.
        when: seconds since 1970 and the time zone, such as `1767225600 +0100`.
    """
    signed = os.fsencode(f"{author.name} <{author.email}> {when}")
    lines = [
        b"tree " + tree.encode(),
        *(b"parent " + parent.encode() for parent in parents),
        b"author " + signed,
        b"committer " + signed,
    ]
    body = b"\n".join(lines) + b"\n\n" + message.encode("utf-8", "replace")
    return b"commit %d\0" % len(body) + body


def _is_plain(common: Path, author: Identity, message: str) -> bool:
    """Return whether git would write just these bytes, in a file that is this user's alone."""
    if _NOT_IN_A_NAME & {*author.name, *author.email} or "\0" in message:
        return False
    if any(unicodedata.category(sign) in _NO_SIGNS for sign in f"{author.name}{author.email}{message}"):
        return False
    with suppress(OSError):
        shared = b"sharedrepository" in (common / "config").read_bytes().lower()
        return not shared and not (common / "objects").stat().st_mode & stat.S_ISGID
    return False


def _store(objects: Path, commit: str, raw: bytes) -> None:
    folder = objects / commit[:2]
    draft = folder / f"tmp_obj_{secrets.token_hex(6)}"  # so named, git removes what a killed process leaves
    try:
        with open(_made(draft), "wb") as file:
            file.write(zlib.compress(raw))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / commit[2:])
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _made(draft: Path) -> int:
    for _ in range(_TRIES):
        draft.parent.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):  # git removes a folder of objects that is empty
            return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
    raise FileNotFoundError(errno.ENOENT, "git removes the folder again and again", str(draft))


def _written_by_git(common: Path, tree: str, parents: tuple[str, ...], message: str, author: Identity) -> str:
    environment = {
        "GIT_DIR": str(common),
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_COMMITTER_NAME": author.name,
        "GIT_COMMITTER_EMAIL": author.email,
    }
    options = [part for parent in parents for part in ("-p", parent)]
    content = message.encode("utf-8", "replace")
    return run_git(common, "commit-tree", tree, *options, input_data=content, environment=environment).out
