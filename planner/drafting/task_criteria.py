"""When a task is done, as the blocks that belong to it say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from planner.drafting.section_kinds import stands_under_criteria
from planner.drafting.sentences import (
    begins_behaviour,
    is_behaviour,
    is_behaviour_step,
    is_requirement,
    sentences,
)
from planner.drafting.task_headline import plain_title
from planner.intake.markdown_outline import Block, Outline

GHERKIN = frozenset(("gherkin", "cucumber", "feature"))
SCENARIO = re.compile(r"^\s*(?:Scenario|Example|Background|Feature|Rule)\b.*$", re.MULTILINE)


def criteria_in(document: Outline, body: Sequence[int], *, any_case: bool = False) -> tuple[str, ...]:
    """Return the checklist items, requirement sentences and Given/When/Then of these blocks, each once."""
    found: list[str] = []
    steps: list[str] = []
    behaviours = behaviour_lists(document.blocks[number] for number in body)
    for number in body:
        block = document.blocks[number]
        if is_step(block, behaviours):
            if begins_behaviour(block.text, steps):
                found.append(", ".join(steps))
                steps = []
            steps.append(plain_title(block.text))
            continue
        found.extend(_criteria_of(document, number, block, any_case=any_case))
    found.append(", ".join(steps))
    return tuple(dict.fromkeys(criterion for criterion in found if criterion))


def behaviour_lists(blocks: Iterable[Block]) -> frozenset[int | None]:
    """Return the lists that hold a Given: their When and Then are meant as such."""
    return frozenset(block.group for block in blocks if block.kind == "item" and begins_behaviour(block.text))


def is_step(block: Block, behaviours: frozenset[int | None]) -> bool:
    """Return whether a block is a list item that is a line of a Given/When/Then."""
    return block.kind == "item" and block.group in behaviours and is_behaviour_step(block.text)


def scenario_ranges(block: Block) -> Iterator[tuple[int, int, str]]:
    """Yield for each scenario of a Gherkin fence its range in the fence's text, and its text on one line."""
    words = block.info.lower().split()
    if block.kind != "fence" or not words or words[0] not in GHERKIN:
        return
    heads = list(SCENARIO.finditer(block.text))
    starts = [0, *(head.end() for head in heads)]
    ends = [*(head.start() for head in heads), len(block.text)]
    for start, end in zip(starts, ends, strict=True):
        part = block.text[start:end]
        if is_behaviour(part):
            inner = part.strip()
            begin = start + part.index(inner)
            text = ", ".join(line.strip() for line in part.splitlines()).strip(", ")
            yield begin, begin + len(inner), text


def _criteria_of(document: Outline, number: int, block: Block, *, any_case: bool) -> Iterator[str]:
    for _, _, scenario in scenario_ranges(block):
        yield scenario
    if block.kind not in ("paragraph", "item", "cell"):
        return
    is_listed = block.checked is not None or stands_under_criteria(document, number)
    if (block.kind == "item" and is_listed) or is_behaviour(block.text):
        yield plain_title(block.text)
    else:
        for start, end in sentences(block.text):
            if is_requirement(block.text[start:end], any_case=any_case):
                yield plain_title(block.text[start:end])
