"""The folders of one worktree: the work itself, and beside it whatever must never be inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """A worktree and its neighbours.

    The environment, home and temporary folders lie beside the worktree, so that no check can commit them
    (design 7.5).
    """

    path: Path

    @property
    def environment(self) -> Path:
        """Return the folder for the environment that `setup` builds; commands see it as TASKS_ENV."""
        return self._beside("environment")

    @property
    def home(self) -> Path:
        """Return the HOME of the commands that run in this worktree."""
        return self._beside("home")

    @property
    def temporary(self) -> Path:
        """Return the TMPDIR of the commands that run in this worktree."""
        return self._beside("temporary")

    @property
    def repository(self) -> Path:
        """Return the git repository that commands in this worktree see; it only borrows from the user's."""
        return self._beside("repository")

    @property
    def processes(self) -> Path:
        """Return the folder in which running processes are recorded, so that survivors can be ended."""
        return self._beside("processes")

    @property
    def token_file(self) -> Path:
        """Return the file that holds the token of the lease this worktree was made for."""
        return self._beside("lease")

    def neighbours(self) -> tuple[Path, ...]:
        """Return everything beside the worktree that belongs to it."""
        return (
            *(self.environment, self.home, self.temporary, self.repository, self.processes),
            self.token_file,
        )

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{suffix}")
