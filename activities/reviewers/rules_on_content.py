"""Review rules on what new lines hold: conflict marks, secrets, and code that only pretends."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from activities.reviewers.reviewed_change import FileChange, Finding, ReviewedChange, ReviewLimits
from activities.reviewers.tests_of_file import is_test_file
from planner.intake.secret_redaction import PEM_BLOCK, PROVIDER_TOKENS, URL_PASSWORD, WEBHOOK, secret_spans

LONGEST_SEARCHED = 2_000_000  # characters: a larger text is data, and no rule reads it
_CONFLICT_BEGIN, _CONFLICT_END = re.compile(r"<{7}(?: |$)"), re.compile(r">{7}(?: |$)")
_UNMISTAKABLE = (*PROVIDER_TOKENS, PEM_BLOCK, WEBHOOK)
_VALUES_ARE_TEXT = frozenset({"", ".env", ".ini", ".cfg", ".conf", ".properties", ".yaml", ".yml"})
_STUB = re.compile(
    r"\b(?:todo|unimplemented)!\s*\(|\bpanic\(\s*\"(?i:not implemented|todo|unimplemented)"
    r"|\bthrow new (?:\w*NotImplemented\w*|UnsupportedOperationException"
    r"|Error\(\s*[\"'`](?i:not (?:yet )?implemented|todo))"
)
_LATER = re.compile(
    r"(?i)#.*\b(?:TODO|FIXME|XXX|not implemented|implement (?:me|this|later)|placeholder|stub)\b"
)
_ABSTRACT = frozenset({"abstractmethod", "overload"})
_ABSTRACT_BASES = frozenset({"Protocol", "ABC"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_conflict_marks(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say where the marks of an unfinished merge were committed."""
    for file in change.files:
        for mark in (_CONFLICT_BEGIN, _CONFLICT_END):
            before = sum(bool(mark.match(line)) for line in file.old_lines)
            lines = [number for number, line in enumerate(file.new_lines, 1) if mark.match(line)]
            if len(lines) > before:
                yield Finding(f"{file.path}:{lines[0]} holds the mark of an unfinished merge: resolve it")
                break


def find_secrets(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say where a secret was added, without repeating it; one that was there before is not blamed."""
    for file in change.files:
        text = "\n".join(file.new_lines)
        if not text or len(text) > LONGEST_SEARCHED:
            continue
        known = "\n".join(file.old_lines)
        for start, end in secret_spans(text):
            secret = text[start:end]
            if secret in known:
                continue
            place = f"{file.path}:{text.count(chr(10), 0, start) + 1}"
            if _lies_in(_UNMISTAKABLE, text, start, end):
                yield Finding(
                    f"{place} holds what looks like a secret: take it out, and replace it if it is real"
                )
            elif _is_literal(file.path, text, start) or _lies_in((URL_PASSWORD,), text, start, end):
                # Tests and documents are full of invented passwords.
                invented = is_test_file(file.path) or PurePosixPath(file.path).suffix in {
                    ".md",
                    ".rst",
                    ".txt",
                }
                yield Finding(f"{place} gives a secret a value: read it from outside", rejects=not invented)


def find_placeholders(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say where new code only pretends: `raise NotImplementedError`, an empty body that says TODO."""
    for file in change.files:
        if is_test_file(file.path) or not file.new_lines:
            continue
        if file.path.endswith((".py", ".pyi")):
            yield from _python_placeholders(file)
            continue
        before = sum(bool(_STUB.search(line)) for line in file.old_lines)
        lines = [number for number, line in enumerate(file.new_lines, 1) if _STUB.search(line)]
        if len(lines) > before:
            yield Finding(
                f"{file.path}:{lines[0]} is a placeholder: write the code, or leave the function out"
            )


def _lies_in(patterns: tuple[re.Pattern[str], ...], text: str, start: int, end: int) -> bool:
    """Return whether one of the patterns matches around a place; a match begins on the line of the place."""
    line_start = text.rfind("\n", 0, start) + 1
    around = text[line_start : end + 1]  # one more: a pattern may look at what follows it
    found = (match for pattern in patterns for match in pattern.finditer(around))
    return any(match.start() <= start - line_start < match.end() for match in found)


def _is_literal(path: str, text: str, start: int) -> bool:
    """Return whether a value is written out: in code, `token = parts[1]` is an expression and no secret."""
    return text[start - 1 : start] in {'"', "'", "`"} or PurePosixPath(path).suffix in _VALUES_ARE_TEXT


def _python_placeholders(file: FileChange) -> Iterator[Finding]:
    try:
        before = Counter(name for name, _ in _stubs(file.old_lines))
    except (SyntaxError, ValueError):
        before = Counter()
    try:
        found = list(_stubs(file.new_lines))
    except (SyntaxError, ValueError):
        return  # the checks say what is wrong with it
    for name, line in found:
        if before[name]:
            before[name] -= 1
            continue
        yield Finding(
            f"{file.path}:{line} {name} is a placeholder: write the code, leave the function out, or mark it "
            "as abstract if others have to write it"
        )


def _stubs(lines: list[str]) -> Iterator[tuple[str, int]]:
    tree = ast.parse("\n".join(lines))
    abstract = {
        function
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and _ABSTRACT_BASES & set(map(_last_name, node.bases))
        for function in node.body
    }
    for node in ast.walk(tree):
        if not isinstance(node, _Function) or node in abstract:
            continue
        if _ABSTRACT & set(map(_last_name, node.decorator_list)):
            continue
        if _only_raises(node) or (_does_nothing(node) and _says_later(node, lines)):
            yield node.name, node.lineno


def _only_raises(function: _Function) -> bool:
    body = _without_docstring(function)
    last = body[-1] if body else None
    return (
        isinstance(last, ast.Raise) and last.exc is not None and _last_name(last.exc) == "NotImplementedError"
    )


def _does_nothing(function: _Function) -> bool:
    return all(
        isinstance(line, ast.Pass)
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        or (isinstance(line, ast.Return) and (line.value is None or isinstance(line.value, ast.Constant)))
        for line in function.body
    )


def _says_later(function: _Function, lines: list[str]) -> bool:
    return any(_LATER.search(line) for line in lines[function.lineno - 1 : function.end_lineno])


def _without_docstring(function: _Function) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
