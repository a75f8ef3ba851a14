"""Keep what an attempt did where a person can look at it: outputs, records, texts (design 7.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from activities.atomic_files import write_atomically, write_new
from planner.intake.secret_redaction import REDACTED, redact
from planner.machine.process_environment import looks_secret
from schemas.record import Record

EXCERPT_LIMIT = 2000
SHORTEST_SECRET = 6  # a shorter value would take ordinary words out of a log
_NUMBER = re.compile(r"(\d{3,})-")
_UNFIT_FOR_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_HEAD_SHARE = 3  # a third of an excerpt is its beginning: failures are told at the end


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one phase of an attempt, in the attempt's folder.

    Files are numbered in the order they were made, and none is ever replaced: what an activity did before
    it was lost and run again stays to be seen.
    """

    folder: Path
    phase: str
    secrets: tuple[str, ...] = ()
    """Values that are taken out of everything kept here, longest first (see `secret_values`)."""

    def log_path(self, name: str, suffix: str = ".log") -> Path:
        """Reserve and return a file such as `003-post_test-verify-1.log`."""
        return self._numbered(name, suffix, lambda path: path.touch(mode=0o600, exist_ok=False))

    def write_text(self, name: str, text: str, suffix: str = ".txt") -> Path:
        """Keep a text, without the known secrets, and return its file."""
        content = self.without_secrets(text).encode("utf-8", "surrogateescape")
        return self._numbered(name, suffix, lambda path: write_new(path, content))

    def write_json(self, name: str, record: Record | Mapping[str, object] | Sequence[object]) -> Path:
        """Keep a record as indented JSON, without the known secrets, and return its file."""
        value = record.as_json() if isinstance(record, Record) else record
        return self.write_text(name, json.dumps(value, indent=2, default=_plain) + "\n", suffix=".json")

    def _numbered(self, name: str, suffix: str, make: Callable[[Path], None]) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        tail = f"{_fit(self.phase)}-{_fit(name)}{suffix}"
        number = _highest_number(self.folder) + 1
        while True:
            path = self.folder / f"{number:03}-{tail}"
            try:
                make(path)
            except FileExistsError:
                number += 1
                continue
            return path

    def without_secrets(self, text: str) -> str:
        """Return the text with each known secret value replaced."""
        for secret in self.secrets:
            text = text.replace(secret, REDACTED)
        return text

    def redact_file(self, path: Path) -> None:
        """Take the known secrets out of a file that a command wrote, if it did."""
        content = path.read_bytes() if self.secrets and path.exists() else b""
        cleaned = content
        for secret in self.secrets:
            cleaned = cleaned.replace(secret.encode("utf-8", "surrogateescape"), REDACTED.encode())
        if cleaned != content:
            write_atomically(path, cleaned)

    def excerpt(self, text: str, limit: int = EXCERPT_LIMIT) -> str:
        """Return an excerpt that may be sent on: without known secrets and without what looks like one."""
        margin = limit * 5  # a secret on the edge of what is read is far from the edge of what is shown
        head = redact(self.without_secrets(text[: 2 * margin]))[0]
        if len(text) <= 2 * margin:
            return excerpt(head, limit)
        return _head_and_tail(head, redact(self.without_secrets(text[-margin:]))[0], len(text), limit)

    def excerpt_of(self, path: Path, limit: int = EXCERPT_LIMIT) -> str:
        """Return such an excerpt of a file; what is not UTF-8 in it is replaced."""
        return self.excerpt(path.read_bytes().decode("utf-8", "replace").strip(), limit)


def secret_values(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of the variables whose names look secret, longest first; short ones are left out."""
    values = {
        value
        for name, value in environment.items()
        if looks_secret(name) and len(value) >= SHORTEST_SECRET and not value.startswith("/")
    }
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def excerpt(text: str, limit: int = EXCERPT_LIMIT) -> str:
    """Return the beginning and the end of a text, at most `limit` characters, and say what is left out."""
    return text if len(text) <= limit else _head_and_tail(text, text, len(text), limit)


def _head_and_tail(head: str, tail: str, total: int, limit: int) -> str:
    marker = f"\n[... the middle is left out: {total} characters in all ...]\n"
    room = limit - len(marker)
    if room <= 0:
        return _last(tail, limit)
    first = room // _HEAD_SHARE
    return head[:first] + marker + _last(tail, room - first)


def _last(text: str, count: int) -> str:
    return text[max(len(text) - max(count, 0), 0) :]


def _fit(name: str) -> str:
    return _UNFIT_FOR_NAMES.sub("-", name).strip("-.")[:_LONGEST_NAME] or "evidence"


def _highest_number(folder: Path) -> int:
    found = (_NUMBER.match(entry.name) for entry in folder.iterdir())
    return max((int(match[1]) for match in found if match), default=0)


def _plain(value: object) -> object:
    """Return what JSON has no word for as something that it has."""
    return value.as_json() if isinstance(value, Record) else str(value)
