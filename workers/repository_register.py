"""Which repositories the workers of this host serve: one small file each, written when a run opens one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workers.state_folder import read_json, write_json


@dataclass(frozen=True, slots=True)
class RepositoryRegister:
    """The folder of the register."""

    folder: Path

    def add(self, repository_id: str, path: str) -> None:
        """Serve a repository from now on; adding twice changes nothing."""
        entry = {"path": path}
        file = self.folder / f"{repository_id}.json"
        if read_json(file) != entry:
            write_json(file, entry)

    def served(self) -> dict[str, str]:
        """Return the repositories by id whose folder is still there; entries of removed ones are dropped."""
        found: dict[str, str] = {}
        for file in sorted(self.folder.glob("*.json")):
            entry = read_json(file)
            if isinstance(entry, dict) and Path(entry["path"]).is_dir():
                found[file.stem] = entry["path"]
            else:
                file.unlink(missing_ok=True)
        return found
