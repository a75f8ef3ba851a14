"""Read all source files of a codebase into facts; the one place where they are opened."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from planner.codebase.code_facts import FileFacts
from planner.codebase.facts_cache import FactsCache, content_id
from planner.codebase.file_facts import MINIFIED_LINE, is_minified, read_facts
from planner.codebase.languages import language_of
from planner.codebase.repository_files import RepositoryFiles
from planner.codebase.syntax_tree import NotParsed

MAX_SOURCES = 20_000
AT_ONCE = 200  # so many files are in memory at a time
BINARY_HEAD = 8_000
FOREIGN_CODE = frozenset(("node_modules", "vendor", "third_party", "site-packages"))
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Report = Callable[[str, int, int], None]
"""Is told what is done, how much of it is done, and how much there is."""


def say_nothing(stage: str, done: int, total: int) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True)
class SurveyOptions:
    """Where facts of source files are kept (`None`: nowhere), and who is told how far the survey is."""

    cache: FactsCache | None = None
    report: Report = say_nothing


DEFAULT_OPTIONS = SurveyOptions()


@dataclass(frozen=True, slots=True)
class SourceReading:
    """The facts by path; `unread` says which source files were left out and why, `notes` what was guessed.

    `foreign` is how many files lie in folders for code of others, `reused` how many facts were kept before.
    """

    facts: dict[str, FileFacts]
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    foreign: int = 0
    reused: int = 0


def read_sources(files: RepositoryFiles, options: SurveyOptions) -> SourceReading:
    """Return the facts of the source files; whatever is wrong with one of them, the others are read."""
    known = [path for path in files.paths if language_of(path) is not None]
    sources = [path for path in known if FOREIGN_CODE.isdisjoint(path.split("/")[:-1])]
    wanted = sources[:MAX_SOURCES]
    facts: dict[str, FileFacts] = {}
    unread: list[str] = []
    notes: list[str] = []
    reused = 0
    waiting = iter(wanted)
    while some := list(islice(waiting, AT_ONCE)):
        options.report("reading source files", len(facts) + len(unread), len(wanted))
        contents: dict[str, bytes] = {}
        for path in some:
            data = files.read_bytes(path)
            if isinstance(data, bytes) and not _is_binary(data):
                contents[path] = data
            else:
                unread.append(f"{path}: {data if isinstance(data, str) else 'binary'}")
        reused += _add_facts(contents, options.cache, facts, unread, notes)
    options.report("reading source files", len(wanted), len(wanted))
    if len(sources) > MAX_SOURCES:
        notes.append(f"only the first {MAX_SOURCES} of {len(sources)} source files were read")
    return SourceReading(facts, tuple(unread), tuple(notes), len(known) - len(sources), reused)


def _add_facts(
    contents: dict[str, bytes],
    cache: FactsCache | None,
    facts: dict[str, FileFacts],
    unread: list[str],
    notes: list[str],
) -> int:
    """Add the facts of some files, and return how many of them were kept before."""
    ids = {path: content_id(path, data) for path, data in contents.items()}
    kept = cache.load(dict.fromkeys(ids.values())) if cache is not None else {}
    fresh: dict[str, FileFacts] = {}
    for path, data in contents.items():
        text, note = _decoded(data)
        notes += [f"{path}: {note}"] if note else []
        found = kept.get(ids[path]) or fresh.get(ids[path])
        if found is None and is_minified(text):
            unread.append(f"{path}: most of it is in lines of more than {MINIFIED_LINE} characters")
            continue
        if found is None:
            try:
                found = fresh[ids[path]] = read_facts(path, text)
            except NotParsed as error:
                unread.append(f"{path}: the parser gave up: {error}")
                continue
        facts[path] = found
    if cache is not None and fresh:
        cache.keep(fresh)
    return sum(identity in kept for identity in ids.values())


def _is_binary(data: bytes) -> bool:
    return b"\0" in data[:BINARY_HEAD] and not data.startswith(UTF_16)


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text of a file, and how it was read if it is not UTF-8."""
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace"), "read as UTF-16"
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("latin-1"), "not UTF-8, read as Latin-1"
