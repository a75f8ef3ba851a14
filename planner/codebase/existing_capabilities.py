"""What a codebase already has that is near to a task's words and paths: nothing should be built twice."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from planner.codebase.code_facts import PlacedSymbol
from planner.codebase.identifier_words import words_of
from planner.codebase.languages import language_of
from planner.codebase.paths_of_tests import is_test_path
from planner.codebase.survey import Survey

NAME_SHARE = 0.75  # what a symbol is called says more than where it lies
WHOLE_MATCH = 8.0  # so much rarity (a sum of idf) is a match beyond doubt
VERBATIM = 0.95
NEAR_PATH = 0.15
FILE_SHARE = 0.6
LEAST = 0.2
MOST_NAMESAKES = 3
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CODE_SPAN = re.compile(r"`([^`\n]+)`")
QUALIFIED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
LIKE_CODE = re.compile(r"[a-z0-9][A-Z]|_|^[A-Z]+[a-z]+[A-Z]")


@dataclass(frozen=True, slots=True)
class ExistingPart:
    """A file, or a symbol in it, that a task could build on; `score` is from 0 to 1, 1 when it was named."""

    path: str
    symbol: str | None
    line: int | None
    score: float


@dataclass(frozen=True, slots=True)
class _Index:
    """The candidates, and for each word those whose name or path has it."""

    symbols: tuple[PlacedSymbol, ...]
    files: tuple[str, ...]
    name_words: tuple[frozenset[str], ...]
    path_words: Mapping[str, frozenset[str]]
    symbols_with: Mapping[str, tuple[int, ...]]
    files_with: Mapping[str, tuple[str, ...]]
    symbols_named: Mapping[str, tuple[int, ...]]
    rarity: Mapping[str, float]

    def weight(self, words: Iterable[str]) -> float:
        """Return how much these words say: the rarer, the more."""
        return sum(self.rarity.get(word, 0.0) for word in words)

    def coverage(self, own: frozenset[str], asked: frozenset[str]) -> float:
        """Return which share of a candidate's words was asked for, less when they are words of everywhere."""
        whole = self.weight(own)
        met = self.weight(own & asked)
        return met / whole * min(1.0, math.sqrt(met / WHOLE_MATCH)) if whole else 0.0


def nearest_existing(
    survey: Survey, text: str, paths: Sequence[str] = (), limit: int = 5
) -> tuple[ExistingPart, ...]:
    """Return what exists and is nearest to a text and to paths, the best first; tests are not offered.

    Args:
        survey: what was found in the codebase.
        text: what is to be done, in the words of the document.
        paths: files, folders or globs that are meant: an existing file among them scores 1.
        limit: how many parts to return at most.
    """
    index = _index(survey)
    asked = frozenset(words_of(text))
    meant = tuple(path.removeprefix("./").partition("*")[0].rstrip("/") for path in paths)
    named = (ExistingPart(path, None, None, 1.0) for path in meant if path in survey.files)
    found = {(part.path, part.symbol): part for part in named}
    parts = (*_symbols(index, asked, text, meant), *_files(index, asked, meant))
    for part in parts:
        if part.score >= LEAST and (part.path, part.symbol) not in found:
            found[part.path, part.symbol] = part
    ordered = sorted(found.values(), key=lambda part: (-part.score, part.path, part.line or 0))
    return tuple(ordered[: max(0, limit)])


def _symbols(
    index: _Index, asked: frozenset[str], text: str, meant: tuple[str, ...]
) -> Iterable[ExistingPart]:
    verbatim = {number for name, qualified in _spelled(text) for number in _called(index, name, qualified)}
    near = {number for word in asked for number in index.symbols_with.get(word, ())}
    for number in sorted(near | verbatim):
        placed = index.symbols[number]
        named = index.coverage(index.name_words[number], asked)
        lies = index.coverage(index.path_words[placed.path], asked)
        score = NAME_SHARE * named + (1 - NAME_SHARE) * lies
        if number in verbatim:
            score = max(score, VERBATIM)
        elif named and _lies_in(placed.path, meant):
            score = min(VERBATIM, score + NEAR_PATH)
        yield ExistingPart(placed.path, placed.qualified_name, placed.symbol.line, round(score, 3))


def _spelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names in a text that are meant as code, each with what it was qualified by."""
    for name in IDENTIFIER.findall(text):
        if LIKE_CODE.search(name):
            yield name, name
    for span in CODE_SPAN.findall(text):
        qualified = span.replace("::", ".").replace("#", ".").removesuffix("()")
        if QUALIFIED.fullmatch(qualified):
            yield qualified.rpartition(".")[2], qualified


def _called(index: _Index, name: str, qualified: str) -> Sequence[int]:
    """Return the symbols of a name; of a word that many bear, only those that are qualified alike."""
    found = index.symbols_named.get(name, ())
    if LIKE_CODE.search(name) or len(found) <= MOST_NAMESAKES:
        return found
    asked = f".{qualified}"
    return [n for n in found if name != qualified and f".{index.symbols[n].qualified_name}".endswith(asked)]


def _files(index: _Index, asked: frozenset[str], meant: tuple[str, ...]) -> Iterable[ExistingPart]:
    for path in sorted({path for word in asked for path in index.files_with.get(word, ())}):
        score = FILE_SHARE * index.coverage(index.path_words[path], asked)
        if _lies_in(path, meant):
            score += NEAR_PATH
        yield ExistingPart(path, None, None, round(score, 3))


def _lies_in(path: str, meant: tuple[str, ...]) -> bool:
    return any(folder and (path == folder or path.startswith(f"{folder}/")) for folder in meant)


@lru_cache(maxsize=2)
def _index(survey: Survey) -> _Index:
    """Return the index of a survey; a survey is compared by identity, so one is made for each."""
    symbols = tuple(
        placed for placed in survey.symbols if placed.symbol.is_public and not is_test_path(placed.path)
    )
    files = tuple(sorted(path for path in survey.files if language_of(path) and not is_test_path(path)))
    names = tuple(frozenset(words_of(placed.symbol.name)) for placed in symbols)
    places = {path: frozenset(words_of(str(PurePosixPath(path).with_suffix("")))) for path in files}
    places |= {
        placed.path: frozenset(words_of(placed.path)) for placed in symbols if placed.path not in places
    }
    symbols_with: dict[str, list[int]] = defaultdict(list)
    symbols_named: dict[str, list[int]] = defaultdict(list)
    files_with: dict[str, list[str]] = defaultdict(list)
    for number, words in enumerate(names):
        symbols_named[symbols[number].symbol.name].append(number)
        for word in words:
            symbols_with[word].append(number)
    for path in files:
        for word in places[path]:
            files_with[word].append(path)
    return _Index(
        symbols,
        files,
        names,
        places,
        {word: tuple(numbers) for word, numbers in symbols_with.items()},
        {word: tuple(paths) for word, paths in files_with.items()},
        {name: tuple(numbers) for name, numbers in symbols_named.items()},
        _rarity((*names, *(places[path] for path in files))),
    )


def _rarity(documents: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return for each word the idf over all candidates: about 0 when all have it, large when one has."""
    counts = Counter(word for words in documents for word in words)
    total = len(documents)
    return {word: math.log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.items()}
