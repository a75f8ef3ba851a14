"""What the headings of a document say about the text below them: wanted, not wanted, a list of work."""

from __future__ import annotations

import re

from planner.drafting.task_headline import plain_title, read_headline
from planner.intake.markdown_outline import Outline

NOT_WANTED = re.compile(
    r"\b(?:non-?goals?|out of scope|not in scope|future work|won'?t (?:do|have)|rejected|"
    r"alternatives?(?: considered)?)\b",
    re.IGNORECASE,
)
CRITERIA_HEADING = re.compile(
    r"\b(?:acceptance|success)\b.*\b(?:criteria|criterion|tests?)\b|\bcriteria\b|"
    r"\bdefinition of done\b|\bdone when\b|\bacceptance\b|"
    r"\b(?:validation|verification|review|quality)\s+(?:checklist|gates?|checks?)\b",
    re.IGNORECASE,
)
WORK_LIST = re.compile(
    r"(?:(?:proposed|suggested|planned|detailed|remaining|high-level)\s+)?"
    r"(?:build (?:order|plan|sequence)|order of (?:work|build|implementation)|"
    r"implementation(?: (?:plan|order|steps|tasks|phases|sequence))?|work (?:plan|breakdown|items|packages)|"
    r"(?:open |implementation )?tasks|task list|to[- ]?dos?|action items?|actions|next steps|milestones|"
    r"road ?map|"
    r"roll-?out(?: (?:plan|steps))?|migration (?:plan|steps)|delivery plan|deliverables|"
    r"backlog|plan of (?:work|record)|sequence of work|(?:known |open )?(?:bugs|issues|defects)|planned|"
    r"upcoming|steps|phases|bug list|development plan)",
    re.IGNORECASE,
)
EXAMPLES = re.compile(
    r"\b(?:examples?|usage|install(?:ation|ing)?|getting started|quick ?start|licen[cs]e|"
    r"contribut(?:ing|ors?)|change ?log|release notes|reproduc(?:e|tion)|how to (?:use|run)|references|"
    r"see also|glossary|history|credits|acknowledge?ments|links|support)\b",
    re.IGNORECASE,
)
RELEASE = re.compile(
    r"\[?(?:v\d+\.\d+\S*|\d+\.\d+\S*\s*[-\u2013(]+\s*\d{4}-\d{2})|.{0,40}\(\d{4}-\d{2}-\d{2}\)", re.IGNORECASE
)
BACKGROUND = re.compile(
    r"(?:context|background|motivation|problem(?: statement)?|prior art|related work)", re.IGNORECASE
)
OUTCOME = re.compile(
    r"(?:success|business|key|product) (?:metrics|measures|kpis|indicators)|kpis|metrics of success|"
    r"(?:key )?performance indicators|how we measure success",
    re.IGNORECASE,
)
DONE = re.compile(r"(?:already )?(?:done|fixed|completed?|resolved|shipped|closed|finished)", re.IGNORECASE)
COLLECTION = re.compile(
    r"(?:the\s+)?(?:(?:functional|non-functional|technical|product|user|system|business|key|core|main)\s+)*"
    r"(?:requirements?|features?|stories|use cases|functionality)",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"(?:the )?(?:decisions?|ideas?|consequences|rules?|discussion|notes?|context|proposals?|solution|"
    r"approach|summary|overview|general|details|requirement\s+\d+)",
    re.IGNORECASE,
)
REQUIREMENT_HEADING = re.compile(r"requirement\s*(?::|\d)", re.IGNORECASE)
DECISION = re.compile(
    r"\b(?:decisions?|proposals?|proposed|approach|solution|consequences|design)\b", re.IGNORECASE
)
OPEN_QUESTIONS = re.compile(
    r"\b(?:open|unresolved|outstanding)\s+(?:questions?|points?)\b|\bneeds clarification\b", re.IGNORECASE
)
ORDER = re.compile(
    r"\bdependenc(?:y|ies)\b|\b(?:execution|build|task|work) order\b|\bsequenc(?:e|ing)\b", re.IGNORECASE
)
USER_STORY = re.compile(
    r"user stor(?:y|ies)\s+#?(?P<number>\d{1,4})(?:\s*[:.)\u2013\u2014-]\s*|\s+)?", re.IGNORECASE
)
STEP = re.compile(
    r"(?P<word>step|task|phase|stage|part|milestone|iteration|sprint)\s+#?(?P<number>\d{1,4})(?![\w.]*\w)",
    re.IGNORECASE,
)


def is_not_wanted(document: Outline, number: int) -> bool:
    """Return whether a block is, or stands under, a heading such as `Out of scope`."""
    return _under(document, number, NOT_WANTED)


def is_example(document: Outline, number: int) -> bool:
    """Return whether a block is, or stands under, a heading such as `Usage` or `v2.1 (2031-05-04)`."""
    return _under(document, number, EXAMPLES, highest=2) or any(
        RELEASE.match(document.blocks[heading].text) for heading in document.headings_above(number)
    )


def is_background(document: Outline, number: int) -> bool:
    """Return whether the nearest heading above a block is a name like `Background`, which tells what is."""
    heading = document.blocks[number].heading
    title = read_headline(document.blocks[heading].text).title if heading is not None else ""
    return BACKGROUND.fullmatch(title) is not None


def is_outcome(document: Outline, number: int) -> bool:
    """Return whether a block stands right under `Success metrics` or the like: what is measured later."""
    heading = document.blocks[number].heading
    title = read_headline(document.blocks[heading].text).title if heading is not None else ""
    return OUTCOME.fullmatch(title.strip(" :.")) is not None


def is_done_section(document: Outline, number: int) -> bool:
    """Return whether a block is, or stands under, a heading such as `Fixed` or `Done`."""
    return any(
        DONE.fullmatch(read_headline(document.blocks[heading].text).title)
        for heading in (number, *document.headings_above(number))
        if document.blocks[heading].kind == "heading"
    )


def is_vague(title: str) -> bool:
    """Return whether a heading says nothing about what stands below it, such as `Decision`."""
    return VAGUE.fullmatch(title.strip(" :.")) is not None


def is_collection(title: str) -> bool:
    """Return whether a heading only says what kind of statements stand below it, such as `Requirements`."""
    return COLLECTION.fullmatch(title.strip(" :.")) is not None


def is_decision(document: Outline, number: int) -> bool:
    """Return whether a block stands under a heading such as `Decision`, where `we will` is a promise."""
    return _under(document, number, DECISION)


def is_open_question(document: Outline, number: int) -> bool:
    """Return whether a block stands under a heading such as `Open questions`."""
    return _under(document, number, OPEN_QUESTIONS)


def is_about_order(document: Outline, number: int) -> bool:
    """Return whether a block stands under a heading such as `Dependencies`."""
    return _under(document, number, ORDER, highest=2)


def stands_under_criteria(document: Outline, number: int) -> bool:
    """Return whether a block stands under a heading such as `Acceptance criteria`."""
    return any(
        CRITERIA_HEADING.search(document.blocks[heading].text) for heading in document.headings_above(number)
    )


def lists_work(document: Outline, number: int) -> bool:
    """Return whether the nearest heading above a block names a list of work, such as `Build order`."""
    heading = document.blocks[number].heading
    return heading is not None and is_work_list_title(document.blocks[heading].text)


def is_work_list_title(text: str) -> bool:
    """Return whether a heading is the name of a list of work and of nothing else."""
    title = read_headline(text).title
    name = re.split(r"\s+\(|:|\s+[-\u2013\u2014]\s+|\s+for\s+", title, maxsplit=1)[0].strip(" *_.")
    return WORK_LIST.fullmatch(name) is not None


def steps_of(document: Outline) -> dict[int, tuple[str, int]]:
    """Return the headings that are steps of a way, `Step 1: ...`, with word and number.

    One alone is none: at least two of one level share the word.
    """
    found: dict[tuple[str, int], dict[int, tuple[str, int]]] = {}
    for number, block in enumerate(document.blocks):
        match = STEP.match(plain_title(block.text)) if block.kind == "heading" else None
        if match:
            word = match["word"].lower()
            found.setdefault((word, block.level), {})[number] = (word, int(match["number"]))
    several = (steps for steps in found.values() if len(steps) > 1)
    return {number: step for steps in several for number, step in steps.items()}


def _under(document: Outline, number: int, pattern: re.Pattern[str], highest: int = 1) -> bool:
    return any(
        pattern.search(document.blocks[heading].text)
        for heading in (number, *document.headings_above(number))
        if document.blocks[heading].kind == "heading" and document.blocks[heading].level >= highest
    )
