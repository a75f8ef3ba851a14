"""Which of several texts a statement speaks of, by the words that it shares with one of them alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from planner.drafting.task_headline import plain_title

WORD = re.compile(r"[^\W\d_][\w-]{2,}")
PLAIN_WORDS = frozenset(
    """
    about above after again against all also and any are been before being below between both but can cannot
    could did does doing done each every few for from further given had has have having her here hers him his
    how into its just more most must need needs not now off once only other our ours out over own required
    recommended same shall she should some such system than that the their theirs them then there these they
    this those through too under until user users very want was were what when where which while who whom why
    will with without would you your application app able allow allows support supports provide provides make
    use used using new
    """.split()  # noqa: SIM905 - words read better as text than as a list
)
LEAST_SHARED = 2
LEAST_SHARE = 0.4
LEAST_LEAD = 1.5


class SharedWords:
    """Finds the one text that has most of the words of a statement; none where two are about as near."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            for word in words_of(text):
                self._places[word].append(place)

    def nearest(self, statement: str) -> int | None:
        """Return the place of the text that a statement speaks of, None when that is not clear."""
        words = words_of(statement)
        shared: Counter[int] = Counter()
        weight: defaultdict[int, float] = defaultdict(float)
        for word in sorted(words):
            for place in self._places.get(word, ()):
                shared[place] += 1
                weight[place] += 1 / len(self._places[word])
        if not weight:
            return None
        ranked = sorted(weight, key=lambda place: (-weight[place], place))
        best = ranked[0]
        second = weight[ranked[1]] if len(ranked) > 1 else 0.0
        is_near = shared[best] >= LEAST_SHARED and shared[best] >= LEAST_SHARE * len(words)
        return best if is_near and weight[best] >= LEAST_LEAD * second else None


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that say what it is about, without their commonest endings."""
    found = (word.casefold() for word in WORD.findall(plain_title(text)))
    return frozenset(_stem(word) for word in found if word not in PLAIN_WORDS)


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004 - a stem has four letters
            return word.removesuffix(ending)
    return word
