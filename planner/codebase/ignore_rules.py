"""What the .gitignore files of a folder say, where there is no git to ask."""

from __future__ import annotations

from pathlib import Path

from pathspec import GitIgnoreSpec

from planner.codebase.plain_files import read_plain_file

FILE = ".gitignore"
MAX_BYTES = 1_000_000


class IgnoreRules:
    """The rules of the folders entered so far; the deepest file that says something about a path decides."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rules: dict[str, GitIgnoreSpec] = {}

    def enter(self, folder: str) -> None:
        """Read the rules of a folder, given by its path below the root, `.` for the root itself."""
        data = read_plain_file(self._root / folder / FILE, MAX_BYTES)
        if isinstance(data, bytes):
            lines = data.decode("utf-8", "replace").splitlines()
            try:
                self._rules[folder] = GitIgnoreSpec.from_lines(lines)
            except ValueError:  # git passes over a line that is no pattern; all but those are kept
                self._rules[folder] = GitIgnoreSpec.from_lines(filter(_is_pattern, lines))

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Return whether a path is ignored; below an ignored folder nobody asks."""
        parts = path.split("/")
        for depth in range(len(parts) - 1, -1, -1):
            rules = self._rules.get("/".join(parts[:depth]) or ".")
            if rules is not None:
                found = rules.check_file("/".join(parts[depth:]) + ("/" if is_folder else "")).include
                if found is not None:
                    return found
        return False


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
