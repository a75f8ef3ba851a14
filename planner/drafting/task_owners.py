"""Which task each block of a document belongs to: the innermost one that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from planner.intake.markdown_outline import Outline


def places_of(document: Outline, number: int) -> Iterator[int]:
    """Yield the list items and then the headings that a block stands in, the innermost first."""
    item = document.blocks[number].item
    outermost = number
    while item is not None:
        yield item
        outermost, item = item, document.blocks[item].item
    yield from document.headings_above(outermost)


def bodies_of(document: Outline, owners: Collection[int]) -> Mapping[int, tuple[int, ...]]:
    """Return for each owner the blocks that belong to it and to no owner within it."""
    known = frozenset(owners)
    bodies: defaultdict[int, list[int]] = defaultdict(list)
    for number in range(len(document.blocks)):
        if number in known:
            continue
        owner = next((place for place in places_of(document, number) if place in known), None)
        if owner is not None:
            bodies[owner].append(number)
    return {owner: tuple(numbers) for owner, numbers in bodies.items()}
