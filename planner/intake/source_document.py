"""Read a document as it is: every character of the file, so that quotes can be checked against it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from planner.draft import SourceText
from planner.machine.bounded_read import is_utf8, read_at_most
from schemas.dag import Finding
from schemas.errors import InvalidArguments

MAX_BYTES = 5 * 1024 * 1024  # a hundred times the largest specification that was seen
MAX_LINES = 100_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CONVERT_HINT = "convert it to Markdown, look it over, and plan from that file: quotes are taken from it"
FOREIGN_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a Word document or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


def read_source(path: Path) -> SourceText:
    """Return the text of a document file; its name is the file's name without folders.

    Raises:
        InvalidArguments: it cannot be read, is too large, or is not UTF-8 text.
    """
    hint = "name a text file, such as a Markdown specification"
    try:
        data = read_at_most(path, MAX_BYTES)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidArguments(f"the document {path} cannot be read: {why}", hint=hint) from error
    if not is_utf8(path):
        raise InvalidArguments(
            f"the document {path} cannot be quoted: its name is not UTF-8", hint="rename it"
        )
    return read_source_bytes(data, path.name)


def read_source_bytes(data: bytes, name: str) -> SourceText:
    """Return the text of a document: UTF-8, every newline kept, a byte order mark left out.

    `sha256` is that of the bytes as given, with the mark.

    Raises:
        InvalidArguments: it is too large, is not UTF-8 text, or is empty.
    """
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise InvalidArguments(
            f"{name} is larger than {limit} MB", hint="split it and plan the parts one after the other"
        )
    for magic, kind in FOREIGN_FORMATS:
        if data.startswith(magic):
            raise InvalidArguments(f"{name} is {kind}, not UTF-8 text", hint=CONVERT_HINT)
    nul = data.find(b"\0")
    if nul >= 0:
        raise InvalidArguments(f"{name} is not text: a NUL byte at byte {nul}", hint=CONVERT_HINT)
    try:
        text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0)
        raise InvalidArguments(
            f"{name} is not UTF-8: byte {at} (0x{data[at]:02x}) cannot be decoded", hint="save it as UTF-8"
        ) from error
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise InvalidArguments(
            f"{name} has more than {MAX_LINES:,} lines",
            hint="split it and plan the parts one after the other",
        )
    if not text.strip():
        raise InvalidArguments(f"{name} is empty", hint="write down what is to be done, or name another file")
    return SourceText(name=name, text=text, sha256=hashlib.sha256(data).hexdigest())


def reading_findings(source: SourceText) -> tuple[Finding, ...]:
    """Return what was noticed when the document was read: a byte order mark that was left out."""
    with_mark = BYTE_ORDER_MARK + source.text.encode("utf-8")
    if hashlib.sha256(with_mark).hexdigest() != source.sha256:
        return ()
    message = "the byte order mark at its beginning was left out; places count from the character after it"
    return (Finding(rule="byte-order-mark", severity="warning", message=message, file=source.name, line=1),)
