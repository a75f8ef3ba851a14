"""A second installation of this program, of which a test may change the source as an upgrade does."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.unit.house.code_measures import PACKAGES
from workers.state_folder import build_id

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class InstalledCopy:
    """An environment of its own, which finds our packages in a copy and all others where we find them."""

    python: Path
    source: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Install a copy of the checkout."""
        source, environment = folder / "source", folder / "environment"
        for package in PACKAGES:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(CHECKOUT / package, source / package, ignore=ignored)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
        found = sysconfig.get_path("purelib", vars={"base": str(environment)})
        Path(found, "copy.pth").write_text(f"{source}\n{sysconfig.get_path('purelib')}\n")
        return cls(environment / "bin" / "python", source)

    @property
    def program(self) -> tuple[str, ...]:
        """Return how its `tasks` is called."""
        return (str(self.python), "-I", "-m", "tasks_cli")

    @property
    def build(self) -> str:
        """Return the id of the build that is installed now."""
        return build_id(self.source)

    def upgrade(self) -> None:
        """Change the source, though not what it does."""
        with (self.source / "workers" / "local_service.py").open("a", encoding="utf-8") as file:
            file.write("\nANOTHER_BUILD = True\n")
