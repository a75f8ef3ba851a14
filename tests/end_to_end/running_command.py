"""A `tasks` command that is still running: what it has said, a signal to it, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.tasks_command import TASKS
from tests.end_to_end.waiting import wait_until


@dataclass(frozen=True, slots=True)
class RunningCommand:
    """The process, and the files its output goes to: nobody has to read along."""

    process: subprocess.Popen[bytes]
    stdout: Path
    stderr: Path

    @classmethod
    def start(
        cls, arguments: Sequence[str | Path], cwd: Path, environment: Mapping[str, str]
    ) -> RunningCommand:
        """Start `tasks` in a process group of its own, as a shell does with what a user types."""
        folder = Path(tempfile.mkdtemp(prefix="command-", dir=Path(environment["TASKS_STATE_DIR"]).parent))
        stdout, stderr = folder / "stdout", folder / "stderr"
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(
                [str(TASKS), *map(str, arguments)],
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
            )
        return cls(process, stdout, stderr)

    def wait_until_said(self, text: str) -> None:
        """Wait until it has printed a text to stderr."""

        def happened() -> bool:
            assert text in self.said() or self.process.poll() is None, self.said()
            return text in self.said()

        wait_until(happened, lambda: f"{text!r} in {self.said()!r}")

    def wait_until_printed(self, text: str) -> None:
        """Wait until it has printed a text to stdout."""

        def happened() -> bool:
            printed = self.stdout.read_text(encoding="utf-8")
            assert text in printed or self.process.poll() is None, (printed, self.said())
            return text in printed

        wait_until(happened, lambda: f"{text!r} in {self.stdout.read_text()!r}, {self.said()!r}")

    def press_ctrl_c(self) -> None:
        """Do what a terminal does: the whole process group gets SIGINT."""
        os.killpg(self.process.pid, signal.SIGINT)

    def said(self) -> str:
        """Return what it has printed to stderr so far."""
        return self.stderr.read_text(encoding="utf-8")

    def end(self, deadline: float = 120) -> subprocess.CompletedProcess[str]:
        """Wait for its end and return exit code and output."""
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"it had not ended after {deadline} s: {self.said()}") from None
        return subprocess.CompletedProcess(
            self.process.args, code, self.stdout.read_text(encoding="utf-8"), self.said()
        )
