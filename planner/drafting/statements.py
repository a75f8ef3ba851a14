"""What a document asks for, statement by statement, with its place; and what it only seems to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.drafting.acting_fences import ACTIONS
from planner.drafting.checkboxes import is_struck_out
from planner.drafting.section_kinds import (
    is_about_order,
    is_background,
    is_decision,
    is_done_section,
    is_example,
    is_not_wanted,
    is_open_question,
    is_outcome,
    stands_under_criteria,
)
from planner.drafting.sentences import (
    BOILERPLATE,
    PROMISE,
    REQUIREMENT,
    REQUIREMENT_IN_LOWER_CASE,
    begins_behaviour,
    is_behaviour,
    is_story,
    label_of,
    sentences,
)
from planner.drafting.task_criteria import behaviour_lists, is_step, scenario_ranges
from planner.drafting.task_headline import plain_title
from planner.intake.markdown_outline import Block, Outline
from planner.rules.action_verbs import begins_with_verb
from schemas.errors import InvalidArguments
from schemas.features import StatementKind

TEXTS = ("paragraph", "item", "cell")
TICKED = "its box is ticked: it is taken as done"
OUTCOME = "it stands under a heading such as Success metrics: it is measured afterwards, and is no work"
STRUCK_OUT = "it is struck out: it is taken as dropped"
DONE_HERE = "it stands under a heading that says it is done"
NOT_WANTED_HERE = "it stands under a heading that says it is not wanted"
FOR_USERS = "it stands under a heading such as Usage, in plain words: it tells a user, not who builds it"
BACKGROUND = "it stands under a heading such as Background, in plain words: it tells what is"
ABOUT_ORDER = "it says in which order the tasks are done: see the dependencies"
ABOUT_WORDS = "it says what the words of the standard mean"
LOWER_CASE = "the document writes MUST, SHALL or SHOULD in capitals, and this is in lower case"
IN_CODE = "it stands in a code block, which is taken as an example"
NOT_TEXT = "it stands in HTML, in a comment or in front matter, which are not read as text"
LEADS_TO_COMMAND = "it leads to the commands below it, and those are in the plan"
IN_HEADING = "it is a heading in plain words: what stands below it counts"
NOT_UNDERSTOOD = "it has the mark of a statement, in a form that is not understood"
MARKED_LINE = re.compile(
    r"\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b|"
    r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s|\W{0,4}(?:FR|NFR|SC|US|REQ|AC)-?\d)"
)
NUMBERED_REQUIREMENT = re.compile(r"Requirement\s+(?P<number>\d{1,4})\b", re.IGNORECASE)
REQUIREMENT_COLUMN = re.compile(r"(?:requirement|criterion|acceptance criteri(?:on|a)|rule)s?", re.IGNORECASE)
MARKED_TEXT = re.compile(rf"{MARKED_LINE.pattern}|\b(?i:must|shall|should)\b")
ORDER_WORD = re.compile(r"\b(?:before|after|depends?|blocks?|blocked|first)\b", re.IGNORECASE)
MOST_STATEMENTS = 20_000
MOST_PLAIN_FOR_ONE = 3
MANNER = re.compile(r"(?:never|always|do not|don't|only)\s+", re.IGNORECASE)
DETAIL = re.compile(r"\*\*[^*\n]{1,80}?:?\*\*\s*:?\s*")


@dataclass(frozen=True, slots=True)
class StatedNeed:
    """One statement of a document: the block it stands in, its range in the source and its plain text.

    `reason` says why it asks nobody for anything; None when it does. `in_capitals` is set where the document
    spells the words of the standard.
    """

    kind: StatementKind
    block: int
    start: int
    end: int
    text: str
    label: str | None = None
    in_capitals: bool = True
    reason: str | None = None


def find_statements(document: Outline) -> tuple[StatedNeed, ...]:
    """Return the statements of a document in the order of the text.

    A document without any MUST, SHALL or SHOULD in capitals asks in plain words: `must` and `has to` count,
    and so do list items that begin with a verb.

    Raises:
        InvalidArguments: there are more statements than any plan could answer.
    """
    capitals = speaks_in_capitals(document)
    found: list[StatedNeed] = []
    behaviours = behaviour_lists(document.blocks)
    led = frozenset[int | None]() if capitals else _led_lists(document)
    steps: list[int] = []
    for number, block in enumerate(document.blocks):
        if is_step(block, behaviours):
            before = [document.blocks[step].text for step in steps]
            if steps and (
                document.blocks[steps[0]].group != block.group or begins_behaviour(block.text, before)
            ):
                found.append(_behaviour(document, steps))
                steps = []
            steps.append(number)
            continue
        if steps and document.blocks[steps[-1]].group != block.group and block.item not in steps:
            found.append(_behaviour(document, steps))
            steps = []
        found += _in_block(document, number, capitals=capitals, led=led)
    if steps:
        found.append(_behaviour(document, steps))
    if len(found) > MOST_STATEMENTS:
        raise InvalidArguments(
            f"{document.source.name}: {len(found):,} sentences and items that ask for something are too many",
            hint=f"split it and plan the parts one after the other; at most {MOST_STATEMENTS:,} are read",
        )
    judged = [_judged(document, statement, capitals=capitals) for statement in found]
    judged += _unread_lines(document, judged)
    return tuple(sorted(judged, key=lambda statement: (statement.start, statement.end)))


def speaks_in_capitals(document: Outline) -> bool:
    """Return whether the document means MUST, SHALL and SHOULD in capitals, and nothing in plain words.

    One MUST for emphasis among many plain instructions does not make plain words mere talk.
    """
    capitals = plain = 0
    for number, block in enumerate(document.blocks):
        if block.kind not in TEXTS or is_not_wanted(document, number):
            continue
        if REQUIREMENT.search(block.text):
            found = (block.text[start:end] for start, end in sentences(block.text))
            capitals += sum(bool(REQUIREMENT.search(text)) and not BOILERPLATE.search(text) for text in found)
        elif REQUIREMENT_IN_LOWER_CASE.search(block.text) or _instructs(document, number, frozenset()):
            plain += 1
    return capitals > 0 and plain <= MOST_PLAIN_FOR_ONE * capitals


def _in_block(
    document: Outline, number: int, *, capitals: bool, led: frozenset[int | None]
) -> Iterator[StatedNeed]:
    block = document.blocks[number]
    if block.kind == "fence":
        for start, end, text in scenario_ranges(block):
            yield StatedNeed("behaviour", number, *block.place(start, end), text)
    elif block.kind == "heading":
        label = label_of(block.text)
        if label is not None or REQUIREMENT.search(block.text):
            yield _whole(block, number, _kind_of_label(label), label)
    elif block.kind in TEXTS and block.text.strip() and not _in_stated_row(document, number):
        whole = _whole_statement(document, number)
        if whole is not None:
            yield whole
        elif _instructs(document, number, led) and not capitals:
            yield _whole(block, number, "instruction", None)
        else:
            yield from _sentences(document, number, capitals=capitals)


def _in_stated_row(document: Outline, number: int) -> bool:
    """Return whether a cell belongs to a row that is one statement, by its label in the first column."""
    block = document.blocks[number]
    if block.kind != "cell" or block.column == 0:
        return False
    first = document.blocks[row_of(document, number)[0]]
    return first.column == 0 and label_of(first.text) is not None


def _whole_statement(document: Outline, number: int) -> StatedNeed | None:
    """Return the statement that the whole text of a block is: a box, a label, a behaviour, a story."""
    block = document.blocks[number]
    label = label_of(block.text) or _number_in_requirement(document, number)
    kind: StatementKind | None = None
    if block.checked is not None:
        inside = block.item is not None and document.blocks[block.item].checked is not None
        kind = "criterion" if inside or stands_under_criteria(document, number) else "work"
    elif is_behaviour(block.text):
        kind = "behaviour"
    elif is_story(block.text):
        kind = "story"
    elif label is not None and block.column in (None, 0):
        kind = _kind_of_label(label)
    elif block.kind == "cell" and REQUIREMENT_COLUMN.fullmatch(block.column_title):
        kind = "requirement"
    elif block.kind == "item" and stands_under_criteria(document, number):
        kind = "criterion"
    if kind is None:
        return None
    if block.kind != "cell":
        return _whole(block, number, kind, label)
    cells = row_of(document, number)
    text = " | ".join(plain_title(document.blocks[cell].text) for cell in cells)
    return StatedNeed(kind, number, *document.line_span(block.first_line), text, label)


def _number_in_requirement(document: Outline, number: int) -> str | None:
    """Return the label 2.3 for the third criterion below `Requirement 2`, as Kiro counts them."""
    block = document.blocks[number]
    if block.kind != "item" or block.number is None or block.item is not None:
        return None
    titles = (plain_title(document.blocks[place].text) for place in document.headings_above(number))
    requirement = next((match for title in titles if (match := NUMBERED_REQUIREMENT.match(title))), None)
    return f"{requirement['number']}.{block.number}" if requirement else None


def row_of(document: Outline, cell: int) -> tuple[int, ...]:
    """Return the cells of the row of a table in which a cell stands."""
    line = document.blocks[cell].first_line
    first = last = cell
    while (
        first > 0
        and document.blocks[first - 1].kind == "cell"
        and (document.blocks[first - 1].first_line == line)
    ):
        first -= 1
    while (
        last + 1 < len(document.blocks)
        and document.blocks[last + 1].kind == "cell"
        and (document.blocks[last + 1].first_line == line)
    ):
        last += 1
    return tuple(range(first, last + 1))


def _sentences(document: Outline, number: int, *, capitals: bool) -> Iterator[StatedNeed]:
    block = document.blocks[number]
    promises = not capitals and is_decision(document, number)
    for start, end in sentences(block.text):
        text = block.text[start:end]
        in_capitals = REQUIREMENT.search(text) is not None
        if in_capitals or REQUIREMENT_IN_LOWER_CASE.search(text) or (promises and PROMISE.search(text)):
            place = block.place(start, end)
            yield StatedNeed("requirement", number, *place, plain_title(text), in_capitals=in_capitals)


def _instructs(document: Outline, number: int, led: frozenset[int | None]) -> bool:
    """Return whether a list item says what to do, by its verb or by the sentence before its list."""
    block = document.blocks[number]
    if block.kind != "item" or is_example(document, number) or is_open_question(document, number):
        return False
    if is_background(document, number):
        return False
    if block.group in led:
        return True
    detail = DETAIL.match(block.text)
    texts = (block.text, block.text[detail.end() :] if detail else "-")
    return any(begins_with_verb(MANNER.sub("", plain_title(text)) or "-") for text in texts)


def _led_lists(document: Outline) -> frozenset[int | None]:
    """Return the lists that a sentence leads to which ends in a colon and requires or tells something."""
    led: set[int | None] = set()
    leads = False
    for number, block in enumerate(document.blocks):
        if block.kind == "item":
            if leads:
                led.add(block.group)
        else:
            leads = _leads_to_list(block.text) and not is_example(document, number)
            leads = leads and block.kind == "paragraph"
            continue
        leads = _leads_to_list(block.text) and not is_example(document, number)
    return frozenset(led)


def _leads_to_list(text: str) -> bool:
    sentence = plain_title(text)
    if not sentence.endswith(":"):
        return False
    return REQUIREMENT_IN_LOWER_CASE.search(sentence) is not None or begins_with_verb(sentence)


def _behaviour(document: Outline, steps: list[int]) -> StatedNeed:
    first, last = document.blocks[steps[0]], document.blocks[steps[-1]]
    start, end = first.place(0, len(first.text))[0], last.place(0, len(last.text))[1]
    text = ", ".join(plain_title(document.blocks[step].text) for step in steps)
    label = _number_in_requirement(document, steps[0]) if len(steps) == 1 else None
    return StatedNeed("behaviour", steps[0], start, end, text, label)


def _whole(block: Block, number: int, kind: StatementKind, label: str | None) -> StatedNeed:
    return StatedNeed(kind, number, *block.place(0, len(block.text)), plain_title(block.text), label)


def _kind_of_label(label: str | None) -> StatementKind:
    prefix = (label or "").upper()
    if prefix.startswith(("US", "STORY", "UC", "EPIC")):
        return "story"
    return "criterion" if prefix.startswith(("SC", "AC")) else "requirement"


def _judged(document: Outline, statement: StatedNeed, *, capitals: bool) -> StatedNeed:
    """Return the statement with the reason why it asks for nothing, if there is one."""
    reason = _why_not_here(document, statement)
    if reason is None and statement.kind == "requirement" and statement.label is None:
        if BOILERPLATE.search(statement.text):
            reason = ABOUT_WORDS
        elif ORDER_WORD.search(statement.text) and is_about_order(document, statement.block):
            reason = ABOUT_ORDER
        elif not statement.in_capitals:
            reason = _why_not_in_plain_words(document, statement.block, capitals=capitals)
        if reason is None and _leads_to_command(document, statement):
            reason = LEADS_TO_COMMAND
    return replace(statement, reason=reason) if reason else statement


def _why_not_here(document: Outline, statement: StatedNeed) -> str | None:
    """Return why a statement asks for nothing where it stands, whatever it says."""
    block = document.blocks[statement.block]
    if block.checked:
        return TICKED
    if block.kind == "item" and is_struck_out(statement.text):
        return STRUCK_OUT
    if is_not_wanted(document, statement.block):
        return NOT_WANTED_HERE
    if is_done_section(document, statement.block):
        return DONE_HERE
    is_measured = statement.kind != "work" and is_outcome(document, statement.block)
    return OUTCOME if is_measured else statement.reason


def _leads_to_command(document: Outline, statement: StatedNeed) -> bool:
    block, following = statement.block, statement.block + 1
    is_last = statement.end == document.blocks[block].place(0, len(document.blocks[block].text))[1]
    return (
        is_last
        and statement.text.endswith(":")
        and following < len(document.blocks)
        and _acts(document.blocks[following])
    )


def _why_not_in_plain_words(document: Outline, number: int, *, capitals: bool) -> str | None:
    if capitals:
        return LOWER_CASE
    if is_example(document, number):
        return FOR_USERS
    return BACKGROUND if is_background(document, number) else None


def _unread_lines(document: Outline, known: list[StatedNeed]) -> Iterator[StatedNeed]:
    """Yield the lines that have the mark of a statement and that no statement holds: none is lost."""
    read = set[int]()
    for statement in known:
        read.update(range(document.line_of(statement.start), document.line_of(statement.end - 1) + 1))
    holders = {
        line: number
        for kinds in ((*TEXTS, "heading"), ("fence", "front_matter"))
        for number, block in enumerate(document.blocks)
        if block.kind in kinds
        for line in range(block.first_line, block.last_line + 1)
    }
    fenced = {line for line, number in holders.items() if document.blocks[number].kind == "fence"}
    for line in range(1, len(document.lines.starts) + 1):
        mark = MARKED_LINE if line in fenced else MARKED_TEXT
        if line in read or not mark.search(document.lines[line - 1]):
            continue
        start, end = document.line_span(line)
        holder = holders.get(line)
        block = None if holder is None else document.blocks[holder]
        if start < end and not (block is not None and _acts(block)):
            text = plain_title(document.source.text[start:end])
            place = -1 if holder is None else holder
            yield StatedNeed("requirement", place, start, end, text, reason=_why_unread(block))


def _why_unread(block: Block | None) -> str:
    if block is None or block.kind == "front_matter":
        return NOT_TEXT
    if block.kind == "heading":
        return IN_HEADING
    return IN_CODE if block.kind == "fence" else NOT_UNDERSTOOD


def _acts(block: Block) -> bool:
    return block.kind == "fence" and tuple(block.info.split()) in ACTIONS
