"""Which files of a codebase a request is about: by its words (BM25), then by what was changed with them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from planner.codebase.identifier_words import words_of
from planner.codebase.paths_of_tests import is_test_path
from planner.codebase.survey import Survey
from schemas.tasks import RelevantFile

SATURATION, LENGTH_SHARE = 1.2, 0.75  # BM25's usual k1 and b
PATH_WEIGHT = 4  # a word of the path counts like four in the text
SEEDS = 10
CO_CHANGE_SHARE = 0.4
NEIGHBOUR_SHARE = 0.1
LEAST_TOGETHER = 2
LEAST = 0.05
WORDS_SHOWN = 4


def relevant_files(survey: Survey, request: str, limit: int = 10) -> tuple[RelevantFile, ...]:
    """Return the source files a request is about, the most relevant first; tests only count with a reason.

    A file counts by the words it shares with the request, by the commits in which it was changed together
    with such a file, and a little by importing one.
    """
    asked = frozenset(words_of(request))
    scores, words = _by_words(survey.words, asked)
    most = max(scores.values(), default=0.0)
    if most <= 0:
        return ()
    total = {path: score / most for path, score in scores.items()}
    seeds = sorted(total, key=lambda path: (-total[path], path))[:SEEDS]
    reasons = {path: f"words: {', '.join(words[path])}" for path in total}
    weights = {seed: total[seed] for seed in seeds}
    for path, (share, seed) in _together(survey, weights).items():
        total[path] = total.get(path, 0.0) + CO_CHANGE_SHARE * share
        reasons.setdefault(path, f"changed together with {seed}")
    for path, seed in _importing(survey, seeds):
        total[path] = total.get(path, 0.0) + NEIGHBOUR_SHARE * weights[seed]
        reasons.setdefault(path, f"imports {seed}")
    best = max(total.values())
    ordered = sorted(total, key=lambda path: (-total[path], path))
    found = (
        RelevantFile(path=path, score=round(total[path] / best, 3), reason=reasons[path])
        for path in ordered[: max(0, limit)]
    )
    return tuple(part for part in found if part.score >= LEAST)


def _by_words(
    files: Mapping[str, Mapping[str, int]], asked: frozenset[str]
) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Return BM25's score of each file that has a word of the request, and its words that say the most."""
    if not files:
        return {}, {}
    paths = {path: Counter(words_of(str(PurePosixPath(path).with_suffix("")))) for path in files}
    length = {path: sum(words.values()) + 1 for path, words in files.items()}
    average = sum(length.values()) / len(length)
    having = Counter(word for path in files for word in asked if word in files[path] or word in paths[path])
    scores: dict[str, float] = {}
    shown: dict[str, list[str]] = {}
    for path, words in files.items():
        parts: list[tuple[float, str]] = []
        for word in asked:
            count = words.get(word, 0) + PATH_WEIGHT * paths[path][word]
            if count:
                rarity = math.log(1 + (len(files) - having[word] + 0.5) / (having[word] + 0.5))
                norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length[path] / average)
                parts.append((rarity * count * (SATURATION + 1) / (count + norm), word))
        if parts:
            scores[path] = sum(score for score, _ in parts) * (0.5 if is_test_path(path) else 1.0)
            shown[path] = [
                word for _, word in sorted(parts, key=lambda part: (-part[0], part[1]))[:WORDS_SHOWN]
            ]
    return scores, shown


def _together(survey: Survey, weights: Mapping[str, float]) -> dict[str, tuple[float, str]]:
    """Return for each file in which share of a seed's commits it was changed too, with the best seed."""
    commits: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for changed in survey.co_changes:
        for seed in weights.keys() & set(changed):
            commits[seed] += 1
            pairs.update((seed, other) for other in changed if other != seed and other in survey.words)
    found: dict[str, tuple[float, str]] = {}
    for (seed, other), count in sorted(pairs.items()):
        if count >= LEAST_TOGETHER:
            share = weights[seed] * count / commits[seed]
            found[other] = max(found.get(other, (0.0, "")), (share, seed))
    return found


def _importing(survey: Survey, seeds: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield who imports a seed, once each, with the best seed."""
    importers: dict[str, list[str]] = defaultdict(list)
    for importer, targets in survey.imports.edges.items():
        for target in targets:
            importers[target].append(importer)
    seen: set[str] = set()
    for seed in seeds:
        for importer in importers[seed]:
            if importer not in seen:
                seen.add(importer)
                yield importer, seed
