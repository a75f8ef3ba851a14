"""Notices what a test run left in the checkout, the home or our state folder, where it should not write."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

CACHES = frozenset(
    (".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".import_linter_cache", "__pycache__")
)


@dataclass(frozen=True, slots=True)
class WatchedPlaces:
    """The places where a careless test would write."""

    checkout: Path
    home: Path
    state: Path

    def look(self) -> frozenset[str]:
        """Return one line for each thing that is there; what two looks differ in was written between them."""
        seen = {str(path) for folder in (self.checkout, self.home) for path in folder.iterdir()}
        seen |= {str(path) for path in self.state.rglob("*")}
        # Worktrees go beside a repository unless they are told otherwise.
        seen |= {str(path) for path in (self.checkout.parent / "worktrees").glob("*")}
        if (self.checkout / ".git").exists():
            seen |= set(self._git("status", "--porcelain", "--untracked-files=all"))
            seen |= set(self._git("for-each-ref"))
        return frozenset(line for line in seen if Path(line).name not in CACHES)

    def _git(self, *arguments: str) -> list[str]:
        argv = ["git", "--no-optional-locks", "-C", str(self.checkout), *arguments]
        shown = subprocess.run(argv, check=True, capture_output=True, text=True)
        return [f"git {arguments[0]}: {line}" for line in shown.stdout.splitlines()]
