from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from planner.machine.processes import Command
from tests.unit.processes.witness import Witness

SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"


class Scene:
    """A folder with all that a command needs."""

    def __init__(self, folder: Path, witness: Witness) -> None:
        self.folder = folder
        self.records = folder / "records"
        self.output = folder / "evidence" / "output.txt"
        self.witness = witness

    def command(self, *argv: str, **changes: object) -> Command:
        command = Command(
            argv=argv,
            cwd=self.folder,
            environment={"PATH": SEARCH_PATH, "WITNESS": str(self.witness.path)},
            deadline_seconds=60.0,
            output_path=self.output,
            record_folder=self.records,
            grace_seconds=1.0,
        )
        return replace(command, **cast("dict[str, Any]", changes))

    def shell(self, script: str, **changes: object) -> Command:
        return self.command("sh", "-euc", script, **changes)

    def recorded(self) -> list[Path]:
        return sorted(self.records.iterdir()) if self.records.exists() else []


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Witness(tmp_path / "witness") as witness:
        yield Scene(tmp_path, witness)
