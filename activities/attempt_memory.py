"""What one phase of an attempt tells a later one, beside the evidence: by name, the newest replaces."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.atomic_files import write_atomically


@dataclass(frozen=True, slots=True)
class AttemptMemory:
    """Small JSON values in hidden files of the attempt's evidence folder."""

    folder: Path

    def write(self, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember a value."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file(name), json.dumps(value).encode())

    def read(self, name: str) -> Any | None:  # noqa: ANN401 - any JSON value
        """Return a remembered value, or None."""
        try:
            return json.loads(self._file(name).read_bytes())
        except FileNotFoundError:
            return None

    def _file(self, name: str) -> Path:
        return self.folder / f".{name}.json"
