"""Our end of the pipes to one supervisor, within an event loop."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from planner.machine import process_supervisor
from planner.machine.process_supervisor import write_all
from planner.machine.progress_line import ProgressLine, parse_progress_line

EXIT_SECONDS = 5.0  # a supervisor that has closed its output is about to end
NEEDED_TO_START = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH")


@dataclass(slots=True)
class Events:
    """What the supervisor has told so far."""

    started: dict[str, Any] | None = None
    ended: dict[str, Any] | None = None


def _descriptor(pipe: IO[bytes] | None) -> int:
    """Return the number of a pipe that was asked for and therefore is there."""
    if pipe is None:
        raise AssertionError("Popen was told to make this pipe")
    return pipe.fileno()


class SupervisorLink:
    """Starts a supervisor and listens to it; `finished` is done when it has nothing more to say."""

    def __init__(self, on_progress: Callable[[ProgressLine], None] | None) -> None:
        self._loop = asyncio.get_running_loop()
        self.finished: asyncio.Future[None] = self._loop.create_future()
        self.events = Events()
        self.failure: Exception | None = None
        self._on_progress = on_progress
        self._unread = b""
        self._last_words: str | None = None
        # No asyncio child watcher: one pipe tells all, and there is no thread for each command.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", process_supervisor.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={name: os.environ[name] for name in NEEDED_TO_START if name in os.environ},
            start_new_session=True,  # a Ctrl-C in our terminal is ours to handle
            bufsize=0,
        )
        self._to, self._from = _descriptor(self._process.stdin), _descriptor(self._process.stdout)
        os.set_blocking(self._from, False)
        self._loop.add_reader(self._from, self._read)

    def send(self, request: dict[str, object]) -> None:
        """Send the request, which starts the command."""
        try:
            write_all(self._to, json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            return  # it died at once: that is heard at the other pipe

    def stop(self) -> None:
        """Ask for the end of the whole tree."""
        try:
            write_all(self._to, b"stop\n")
        except BrokenPipeError:
            return

    def _read(self) -> None:
        data = os.read(self._from, 65_536)
        if not data:
            self._loop.remove_reader(self._from)
            self.finished.set_result(None)
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._hear(json.loads(line))

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "started":
            self.events.started = event
        elif event["event"] == "ended":
            self.events.ended = event
        elif self._on_progress and (progress := parse_progress_line(event["line"], event["bytes"])):
            try:
                self._on_progress(progress)
            except Exception as error:  # noqa: BLE001 - whatever the caller raised is raised to the caller
                self.failure = self.failure or error
                self.stop()

    def close(self) -> str:
        """Leave no process and no pipe; return the last line the supervisor printed as an error, if any."""
        if self._last_words is None:
            self._last_words = self._close()
        return self._last_words

    def _close(self) -> str:
        self._loop.remove_reader(self._from)
        try:
            self._process.wait(EXIT_SECONDS if self.finished.done() else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.wait()
        said = b""
        if self._process.stderr and self.events.ended is None:
            said = self._process.stderr.read()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()
        return said.decode("utf-8", "replace").strip().rpartition("\n")[2]
