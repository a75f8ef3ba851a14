"""The `---file:NAME` form: the seven artifacts in one text, as seed 001 prints them and models answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.errors import InvalidArguments
from schemas.plan import FEATURES_FILE, FENCE_ORDER, TASKS_FILE

FENCE = re.compile(r"^---file:(?P<name>[^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
CODE_FENCE = re.compile(
    r"\A\s*(?P<mark>`{3,}|~{3,})[^\r\n]*\r?\n(?P<body>.*?)\r?\n?(?P=mark)\s*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class FencedFile:
    """The content of a file, and the line of the whole text in which it begins."""

    text: str
    line: int


def has_file_fences(text: str) -> bool:
    """Return whether a text is in the `---file:NAME` form."""
    return FENCE.search(text) is not None


def is_fenced_plan(text: str) -> bool:
    """Return whether a text is a plan in this form, and not a document that speaks of it."""
    begun = {fence["name"].strip(): text[fence.end() :].lstrip() for fence in FENCE.finditer(text)}
    return all(begun.get(name, "").startswith(("{", "```", "~~~")) for name in (FEATURES_FILE, TASKS_FILE))


def parse_file_fences(text: str) -> dict[str, str]:
    """Return the content of each file by its name, in the order of the text; see `read_file_fences`."""
    return {name: file.text for name, file in read_file_fences(text).items()}


def read_file_fences(text: str) -> dict[str, FencedFile]:
    """Return each file by its name, in the order of the text.

    What stands before the first fence is left out. A JSON file that is wrapped in a Markdown code fence,
    as models like to do, is taken out of it.

    Raises:
        InvalidArguments: there is no fence, or one names an unknown file or a file twice.
    """
    fences = list(FENCE.finditer(text))
    hint = f"begin each file with a line ---file:NAME, with NAME one of {', '.join(FENCE_ORDER)}"
    if not fences:
        raise InvalidArguments("there is no line that begins with ---file:", hint=hint)
    files: dict[str, FencedFile] = {}
    ends = [fence.start() for fence in fences[1:]] + [len(text)]
    for fence, end in zip(fences, ends, strict=True):
        name = fence["name"].strip()
        line = text.count("\n", 0, fence.start()) + 1
        if name not in FENCE_ORDER:
            raise InvalidArguments(f"line {line}: {name!r} is not a file of a plan", hint=hint)
        if name in files:
            raise InvalidArguments(f"line {line}: {name} is there twice", hint="keep one of the two")
        files[name] = _content(name, text[fence.end() : end].removeprefix("\n"), line + 1)
    return files


def write_file_fences(files: Mapping[str, str]) -> str:
    """Return one text with all the files in the seed's order; `parse_file_fences` gives them back.

    Each file ends with a newline: one is added where it is missing.

    Raises:
        InvalidArguments: a file has an unknown name, or a line of it would be read as a fence.
    """
    for name, content in files.items():
        if name not in FENCE_ORDER:
            raise InvalidArguments(f"{name!r} is not a file of a plan", hint=f"use {', '.join(FENCE_ORDER)}")
        if has_file_fences(content):
            raise InvalidArguments(
                f"{name} has a line that begins with ---file: and would be read as another file",
                hint="indent that line",
            )
    return "".join(
        f"---file:{name}\n{files[name].removesuffix(chr(10))}\n" for name in FENCE_ORDER if name in files
    )


def _content(name: str, content: str, line: int) -> FencedFile:
    wrapped = CODE_FENCE.match(content) if name.endswith(".json") else None
    if wrapped is None:
        return FencedFile(content, line)
    return FencedFile(wrapped["body"] + "\n", line + content.count("\n", 0, wrapped.start("body")))
