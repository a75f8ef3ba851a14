"""What a test file holds: its tests, how much each asserts, and the marks that keep tests from counting."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs", "testing", "e2e"})
_TEST_NAME = re.compile(
    r"^(?:(?i:test[_-].+|tests?|.+[_.-](?:tests?|spec)|conftest)|[A-Z]\w*Tests?|Test[A-Z]\w*)\.[A-Za-z0-9]+$"
)
_CODE_SUFFIXES = frozenset(
    {
        *(
            ".py",
            ".js",
            ".mjs",
            ".cjs",
            ".jsx",
            ".ts",
            ".mts",
            ".cts",
            ".tsx",
            ".go",
            ".rs",
            ".rb",
            ".sh",
            ".bash",
        ),
        *(".bats", ".c", ".h", ".cc", ".cpp", ".java", ".kt", ".scala", ".cs", ".swift", ".php", ".pl", ".t"),
        *(".lua", ".ex", ".exs", ".hs", ".dart", ".jl", ".r", ".R"),
    }
)
_SKIP_NAMES = frozenset(
    {"skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure", "skipTest", "importorskip"}
)
_TEST = re.compile(
    r"^\s*(?:(?:it|test)(?:\.(?:each|skip|only|concurrent|todo)\b[^(\n]*)?\s*\(\s*[\"'`](?P<quoted>[^\"'`\n]+)"
    r"|func\s+(?P<go>Test\w+)|(?:async\s+)?fn\s+(?P<rust>\w+)\s*\(\s*\)|def\s+(?P<ruby>test_\w+)|@test\s+\"(?P<bats>[^\"]+)"
    r"|(?:public\s+)?(?:function|void|fun)\s+(?P<other>test\w*))",
    re.MULTILINE,
)
_ASSERT = re.compile(
    r"\b(?:assert\w*!?|expect|require\.\w+|should|EXPECT_\w+|ASSERT_\w+|t\.(?:Error|Fatal)\w*)\s*[(.! ]"
)
_SKIP = re.compile(
    r"\b(?:it|test|describe|context|suite)\.(?:skip|only|todo|failing)\b|\b(?:xit|xdescribe|xtest|fit|fdescribe)\s*\("
    r"|\bt\.Skip(?:f|Now)?\(|#\[ignore|@(?:Disabled|Ignore)\b|\bpending\s*\(|^\s*skip\b",
    re.MULTILINE,
)
_VACUOUS = re.compile(
    r"expect\(\s*(?P<same>true|false|\d+)\s*\)\.(?:toBe|toEqual|toStrictEqual)\(\s*(?P=same)\s*\)"
    r"|\bassert(?:_eq)?!\(\s*true\s*\)|\bassert(?:True|\.ok|\.True)?\(\s*(?:t,\s*)?true\s*\)"
)


@dataclass(frozen=True, slots=True)
class FileTests:
    """The tests of a file by name with the number of assertions in each, and what weakens them."""

    assertions: Mapping[str, int] = field(default_factory=dict)
    other_assertions: int = 0
    """Assertions that belong to no test by name."""
    skips: int = 0
    vacuous: int = 0
    """Assertions that cannot fail."""

    @property
    def total(self) -> int:
        """Return all assertions of the file."""
        return sum(self.assertions.values()) + self.other_assertions


def is_test_file(path: str) -> bool:
    """Return whether a path is, by its name or folder, one of a test suite."""
    pure = PurePosixPath(path)
    if pure.suffix not in _CODE_SUFFIXES:
        return False
    return bool(_TEST_NAME.match(pure.name)) or bool(_TEST_FOLDERS & set(pure.parts[:-1]))


def read_tests(path: str, content: bytes | None) -> FileTests:
    """Return the tests of a file: by its syntax tree in Python, else by what tests commonly look like."""
    text = (content or b"").decode("utf-8", "replace")
    if path.endswith(".py"):
        try:
            return _of_python(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError):
            pass  # a file that is no Python (any more) is looked at as text
    names = [next(name for name in match.groups() if name) for match in _TEST.finditer(text)]
    asserted = len(_ASSERT.findall(text))
    return FileTests(
        assertions=dict.fromkeys(names, 0),
        other_assertions=asserted,
        skips=len(_SKIP.findall(text)),
        vacuous=len(_VACUOUS.findall(text)),
    )


def _of_python(tree: ast.Module) -> FileTests:
    assertions: Counter[str] = Counter()
    for scope, function in _functions(tree, ""):
        if function.name.startswith("test"):
            assertions[f"{scope}{function.name}"] = sum(map(_is_assertion, ast.walk(function)))
    everything = sum(map(_is_assertion, ast.walk(tree)))
    return FileTests(
        assertions=dict(assertions),
        other_assertions=everything - sum(assertions.values()),
        skips=sum(map(_is_skip, ast.walk(tree))),
        vacuous=sum(map(_is_vacuous, ast.walk(tree))),
    )


def _functions(
    node: ast.Module | ast.ClassDef, scope: str
) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for child in node.body:
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append((scope, child))
        elif isinstance(child, ast.ClassDef):
            found += _functions(child, f"{scope}{child.name}.")
    return found


def _is_assertion(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    name = _called(node)
    return name.startswith(("assert", "fail")) or name in {"raises", "warns", "deprecated_call"}


def _is_skip(node: ast.AST) -> bool:
    """Return whether a node is a mark or a call that keeps a test from running or from counting."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        marks = [mark for mark in node.decorator_list if not isinstance(mark, ast.Call)]
        return any(_last_name(mark) in _SKIP_NAMES for mark in marks)
    return _called(node) in _SKIP_NAMES


def _is_vacuous(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    if not isinstance(node, ast.Call) or not all(isinstance(value, ast.Constant) for value in node.args[:2]):
        return False
    values = [value.value for value in node.args if isinstance(value, ast.Constant)]
    name = _called(node)
    if name == "assertTrue":
        return bool(values) and bool(values[0])
    return name == "assertEqual" and len(values) > 1 and values[0] == values[1]


def _called(node: ast.AST) -> str:
    return _last_name(node.func) if isinstance(node, ast.Call) else ""


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
