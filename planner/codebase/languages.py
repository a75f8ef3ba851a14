"""The language of a source file, by the ending of its name."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        ".py": "Python",
        ".pyi": "Python",
        ".js": "JavaScript",
        ".mjs": "JavaScript",
        ".cjs": "JavaScript",
        ".jsx": "JavaScript",
        ".ts": "TypeScript",
        ".mts": "TypeScript",
        ".cts": "TypeScript",
        ".tsx": "TypeScript",
        ".go": "Go",
        ".rs": "Rust",
        ".rb": "Ruby",
        ".rake": "Ruby",
        ".java": "Java",
        ".kt": "Kotlin",
        ".scala": "Scala",
        ".cs": "C#",
        ".c": "C",
        ".h": "C",
        ".cc": "C++",
        ".cpp": "C++",
        ".hpp": "C++",
        ".swift": "Swift",
        ".php": "PHP",
        ".ex": "Elixir",
        ".exs": "Elixir",
        ".lua": "Lua",
        ".sh": "Shell",
        ".sql": "SQL",
        ".vue": "Vue",
        ".svelte": "Svelte",
        ".html": "HTML",
        ".css": "CSS",
    }
)


def language_of(path: str) -> str | None:
    """Return the language of a file, None when it is no source file that we know."""
    return LANGUAGES.get(posixpath.splitext(path)[1].lower())


def count_languages(paths: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return how many files there are in each language, the most frequent first."""
    counts = Counter(language for path in paths if (language := language_of(path)) is not None)
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
