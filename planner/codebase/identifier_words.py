"""The words that prose, paths and identifiers have in common: `OrderRepository` is order and repository."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

RUN = re.compile(r"[^\W\d_]{2,}")  # splitting the runs once each is much faster than splitting all the text
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
SHORTEST = 2
LONGEST = 40
LONGEST_WITHOUT_PLURAL = 3
# Words of every request and of every programming language: they point at nothing.
_COMMON = """
    a all an and any are as at be been but by can do does each else every for from get has have how if in into
    is it its let make may more must new no not of on once one only or other our out over per set shall should
    so some such than that the their them then there these they this those to too under up use used uses using
    was we were what when where which while who why will with without would you your add added adds also src
    lib index main init
"""
COMMON = frozenset(_COMMON.split())


def words_of(text: str) -> list[str]:
    """Return the words of a text in order: identifiers in parts, lower case, singular, no common ones."""
    return [word for run in RUN.findall(text) for word in _words(run)]


def counted_words(text: str) -> Counter[str]:
    """Return how often each word occurs in a text."""
    counts: Counter[str] = Counter()
    for run, count in Counter(RUN.findall(text)).items():
        for word in _words(run):
            counts[word] += count
    return counts


@lru_cache(maxsize=200_000)
def _words(run: str) -> tuple[str, ...]:
    parts = (_singular(part.lower()) for part in PART.findall(run) if SHORTEST <= len(part) <= LONGEST)
    return tuple(word for word in parts if word not in COMMON)


def _singular(word: str) -> str:
    if len(word) <= LONGEST_WITHOUT_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]
