"""Count what is in source files in another way than the survey: by Python's parser, by lines for the rest.

The counts are what a person would get with `ast` and `grep -c`; the regular expressions look at the beginning
of lines only, so that code in comments and strings hardly counts.
"""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
GO = {
    "functions": re.compile(r"^func [A-Za-z_]", re.MULTILINE),
    "methods": re.compile(r"^func \(", re.MULTILINE),
    "types": re.compile(r"^type [A-Za-z_]", re.MULTILINE),
    "imports": re.compile(r"^import (?:\w+ )?\"|^\t(?:[\w.]+ )?\"[\w./-]+\"$", re.MULTILINE),
}
SCRIPT = {
    "classes": re.compile(
        r"^(?:export )?(?:default )?(?:declare )?(?:abstract )?class [A-Za-z_$]", re.MULTILINE
    ),
    "interfaces": re.compile(r"^(?:export )?(?:declare )?interface [A-Za-z_$]", re.MULTILINE),
    "types": re.compile(
        r"^(?:export )?(?:declare )?(?:const )?(?:type|enum) [A-Za-z_$][\w$]* ?[=<{]", re.MULTILINE
    ),
    "imports": re.compile(r"^(?:import|export)\b[^;'\"]*?\bfrom\s*['\"]|^import ['\"]", re.MULTILINE),
}
SCRIPT_FUNCTION = re.compile(
    r"^(?:export )?(?:default )?(?:declare )?(?:async )?function\*? ?([A-Za-z_$][\w$]*)", re.MULTILINE
)
RUST = {
    "functions": re.compile(
        r"^[ \t]*(?:pub(?:\([^)]*\))? )?(?:const |async |unsafe |extern \"C\" )*fn \w", re.MULTILINE
    ),
    "types": re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))? )?(?:struct|enum|union|trait) \w", re.MULTILINE),
}
RUBY = {
    "classes": re.compile(r"^[ \t]*class [A-Z]", re.MULTILINE),
    "modules": re.compile(r"^[ \t]*module [A-Z]", re.MULTILINE),
    "methods": re.compile(r"^[ \t]*(?:\w+ )?def \S", re.MULTILINE),
}


def independent_counts(root: Path, paths: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the counts for each language, for files given by their paths below the root."""
    readers: dict[str, tuple[str, Callable[[str], Counter[str]]]] = {
        ".py": ("Python", _python),
        ".go": ("Go", lambda text: _by_lines(text, GO)),
        ".ts": ("TypeScript", _script),
        ".tsx": ("TypeScript", _script),
        ".rs": ("Rust", lambda text: _by_lines(text, RUST)),
        ".rb": ("Ruby", lambda text: _by_lines(text, RUBY)),
    }
    found: dict[str, Counter[str]] = {}
    for path in paths:
        known = readers.get(Path(path).suffix)
        if known is not None:
            language, read = known
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            found.setdefault(language, Counter()).update(read(text))
    return {language: dict(sorted(counts.items())) for language, counts in sorted(found.items())}


def _by_lines(text: str, patterns: dict[str, re.Pattern[str]]) -> Counter[str]:
    return Counter({what: len(pattern.findall(text)) for what, pattern in patterns.items()})


def _script(text: str) -> Counter[str]:
    counts = _by_lines(text, SCRIPT)
    counts["functions"] = len(set(SCRIPT_FUNCTION.findall(text)))  # overloads are one function
    return counts


def _python(text: str) -> Counter[str]:
    """Count the definitions that are not inside of functions, and all imports."""
    counts: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return counts
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, in_class = waiting.pop()
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.ClassDef):
                counts["classes"] += 1
                waiting.append((inner, True))
            elif isinstance(inner, FUNCTIONS):
                counts["methods" if in_class else "functions"] += 1
            else:
                waiting.append((inner, in_class))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            counts["imports"] += len(node.names)
        counts["imports"] += isinstance(node, ast.ImportFrom)
    return counts
