"""Keep the facts of source files by the hash of their bytes, so that only what changed is parsed again.

It lies in the state folder, not in the repository: a codebase need not be a repository, or ours to write to,
and clones and worktrees of one project have the same files.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from planner.codebase.code_facts import CodeImport, CodeSymbol, FileFacts
from planner.codebase.file_facts import FACTS_VERSION

FILE = "codebase-facts.sqlite3"
MAX_ENTRIES = 100_000
AT_ONCE = 500  # parameters of one query
WAIT_SECONDS = 2.0
TABLE = (
    "CREATE TABLE IF NOT EXISTS facts (content TEXT, parser TEXT, facts BLOB, PRIMARY KEY (content, parser))"
)


def content_id(path: str, data: bytes) -> str:
    """Return git's blob hash of the bytes of a file with the ending that decides how it is read."""
    blob = hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
    return f"{blob}{posixpath.splitext(path)[1].lower()}"


@dataclass(frozen=True, slots=True)
class FactsCache:
    """The kept facts in a folder; whatever is wrong with it, the survey goes on as if nothing were kept."""

    folder: Path

    def load(self, contents: Iterable[str]) -> dict[str, FileFacts]:
        """Return the facts kept for these contents; what cannot be read, or is of another parser, is not."""
        found: dict[str, FileFacts] = {}
        parser = parser_name()
        waiting = iter(contents)
        try:
            with closing(self._open()) as database:
                while some := list(islice(waiting, AT_ONCE)):
                    marks = ",".join("?" * len(some))
                    query = f"SELECT content, facts FROM facts WHERE parser = ? AND content IN ({marks})"  # noqa: S608 - only question marks
                    for content, packed in database.execute(query, (parser, *some)):
                        facts = _unpacked(packed)
                        if facts is not None:
                            found[str(content)] = facts
        except (sqlite3.Error, OSError):
            return found
        return found

    def keep(self, facts: Mapping[str, FileFacts]) -> None:
        """Keep facts for later; the oldest are dropped when there are too many."""
        parser = parser_name()
        entries = [(content, parser, _packed(found)) for content, found in facts.items()]
        try:
            with closing(self._open()) as database, database:
                database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", entries)
                database.execute(
                    "DELETE FROM facts WHERE rowid <= (SELECT max(rowid) FROM facts) - ?", (MAX_ENTRIES,)
                )
        except (sqlite3.Error, OSError):
            return  # a full disk, another process that takes long: nothing is lost but time

    def _open(self) -> sqlite3.Connection:
        """Return the open database; one that is none is begun anew."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / FILE
        try:
            return _connected(file)
        except sqlite3.OperationalError:
            raise  # busy, or not ours to write: the file is whole
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            return _connected(file)


def parser_name() -> str:
    """Return what decides how facts are read from a text: our reading, and the grammars' version."""
    return f"{FACTS_VERSION}/{version('ast-grep-py')}"


def _connected(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=WAIT_SECONDS)
    try:
        database.execute(TABLE)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _packed(facts: FileFacts) -> bytes:
    """Return facts as bytes; compressing them adds the checksum that shows damage."""
    plain = [
        facts.language,
        facts.lines,
        [
            (item.name, item.kind, item.line, item.is_public, item.owner, item.bases, item.is_open)
            for item in facts.symbols
        ],
        [(item.target, item.form, item.line, item.names) for item in facts.imports],
        dict(facts.words),
        facts.broken_line,
        facts.is_generated,
        facts.is_cut,
    ]
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 1)


def _unpacked(packed: object) -> FileFacts | None:
    if not isinstance(packed, bytes):
        return None
    try:
        language, lines, symbols, imports, words, broken, is_generated, is_cut = json.loads(
            zlib.decompress(packed)
        )
        return FileFacts(
            language,
            lines,
            tuple(
                CodeSymbol(name, kind, line, is_public, owner, tuple(bases), is_open)
                for name, kind, line, is_public, owner, bases, is_open in symbols
            ),
            tuple(CodeImport(target, form, line, tuple(names)) for target, form, line, names in imports),
            words,
            broken,
            is_generated,
            is_cut,
        )
    except (zlib.error, ValueError, TypeError):
        return None
