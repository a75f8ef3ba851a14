"""The fences of a document that act: by their info string alone, never by what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from planner.intake.markdown_outline import Outline
from schemas.dag import Finding
from schemas.errors import InvalidArguments

Action = Literal["setup", "run", "check", "verify", "apply", "task", "plan"]
ACTIONS: dict[tuple[str, str], Action] = {
    ("sh", "setup"): "setup",
    ("sh", "run"): "run",
    ("sh", "check"): "check",
    ("sh", "verify"): "verify",
    ("diff", "apply"): "apply",
    ("yaml", "task"): "task",
    ("yaml", "plan"): "plan",
}
KNOWN = ", ".join(f"`{language} {word}`" for language, word in ACTIONS)
A_PATCH = re.compile(r"^(?:diff --git |--- .*\n\+\+\+ )", re.MULTILINE)
LIKE_A_LANGUAGE = {
    "bash": "sh",
    "shell": "sh",
    "zsh": "sh",
    "console": "sh",
    "patch": "diff",
    "yml": "yaml",
}


@dataclass(frozen=True, slots=True)
class ActingFence:
    """An acting fence: what it does, the number of its block in the outline, and what it holds."""

    action: Action
    block: int
    line: int
    text: str


def find_acting_fences(document: Outline) -> tuple[ActingFence, ...]:
    """Return the acting fences of a document in order; one in a block quote is only quoted.

    Raises:
        InvalidArguments: one is empty, is never closed, holds a secret, or no patch where one is applied.
    """
    found: list[ActingFence] = []
    for number, block in enumerate(document.blocks):
        if block.kind != "fence" or block.quoted:
            continue
        action = ACTIONS.get(_words(block.info))
        if action is not None:
            _check_usable(document, number)
            found.append(ActingFence(action, number, block.first_line, block.text))
    return tuple(found)


def suspicious_fences(document: Outline) -> tuple[Finding, ...]:
    """Return findings for the fences that look as if they were meant to act, and do not."""
    findings: list[Finding] = []
    for block in document.blocks:
        if block.kind != "fence":
            continue
        if block.quoted and _words(block.info) in ACTIONS:
            message = f"the fence `{block.info}` stands in a block quote and does not act; take the > away"
        elif _looks_acting(block.info):
            message = f"the fence `{block.info}` does not act; those that do are {KNOWN}"
        else:
            continue
        findings.append(
            Finding(
                rule="fence-does-not-act",
                severity="warning",
                message=message,
                file=document.source.name,
                line=block.first_line,
            )
        )
    return tuple(findings)


def _words(info: str) -> tuple[str, str]:
    words = info.split()
    return (words[0], words[1]) if len(words) == 2 else ("", "")  # noqa: PLR2004 - a language and a word


def _looks_acting(info: str) -> bool:
    words = info.lower().split()
    if len(words) < 2 or _words(info) in ACTIONS:  # noqa: PLR2004 - a language and a word
        return False
    language = LIKE_A_LANGUAGE.get(words[0], words[0])
    return (language, words[1]) in ACTIONS or language == "sh"


def _check_usable(document: Outline, number: int) -> None:
    block = document.blocks[number]
    where = f"{document.source.name}:{block.first_line}"
    if not block.closed:
        raise InvalidArguments(
            f"{where}: the fence `{block.info}` is never closed", hint="end it with a line of the same marks"
        )
    if not block.text.strip():
        raise InvalidArguments(f"{where}: the fence `{block.info}` is empty", hint="fill it or take it out")
    if ACTIONS[_words(block.info)] == "apply" and not A_PATCH.search(block.text):
        raise InvalidArguments(
            f"{where}: the fence `{block.info}` holds no patch", hint="paste what `git diff` prints into it"
        )
    for start, end in document.secrets:
        if start < block.end and end > block.start:
            raise InvalidArguments(
                f"{document.source.name}:{document.line_of(start)}: a secret stands in a fence that acts",
                hint="read it from the environment, and name the variable in `env_pass` of the `yaml task`",
            )
