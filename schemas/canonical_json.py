"""Canonical JSON (RFC 8785) and the content hash of an artifact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

from schemas.errors import PlanValidationFailed

DROPPED = frozenset({"contentHash"})
DROPPED_FROM_GENERATED = frozenset({"contentHash", "timestamp"})
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 2**53  # between them both write a number without an exponent


def content_hash(document: Any) -> str:  # noqa: ANN401 - any JSON value can be hashed
    """Return the sha256 (64 hex digits) of a JSON value, without what names or dates it.

    Every `contentHash` and the timestamp of `generated` are left out: a hash cannot contain itself,
    and the same input must give the same hash at any hour.

    Raises:
        PlanValidationFailed: when the value holds a number or text that canonical JSON refuses.
    """
    return hashlib.sha256(_hashed_text(document)).hexdigest()


def content_hashes(
    document: Mapping[str, Any], of_items: str, items: Iterable[Any]
) -> tuple[str, tuple[str, ...]]:
    """Return the content hash of a document, and that of each item of one of its lists.

    They are those of `content_hash`; but each item, of which a large plan has thousands, is written once, and
    no two of them need be in memory.

    Args:
        document: the document; what stands at `of_items` does not matter.
        of_items: the name of its list.
        items: what the list holds.

    Raises:
        PlanValidationFailed: when something in it is refused by canonical JSON.
    """
    texts = [_hashed_text(item) for item in items]
    members = {
        key: b"[%b]" % b",".join(texts) if key == of_items else _hashed_text(value, key)
        for key, value in document.items()
        if key not in DROPPED
    }
    whole = b",".join(b"%b:%b" % (canonical_json(key), members[key]) for key in sorted(members))
    of_each = tuple(hashlib.sha256(text).hexdigest() for text in texts)
    return hashlib.sha256(b"{%b}" % whole).hexdigest(), of_each


def _hashed_text(document: Any, parent: str = "") -> bytes:  # noqa: ANN401 - any JSON value can be hashed
    try:
        return _written(document, parent)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise PlanValidationFailed(
            f"a value cannot be written as canonical JSON: {error}",
            hint="use finite numbers below 2**53 and valid Unicode text",
        ) from error


def _written(document: Any, parent: str) -> bytes:  # noqa: ANN401 - any JSON value can be hashed
    try:
        return _encoded(_plain_without(document, parent))
    except (_NotPlain, UnicodeEncodeError):
        return rfc8785.dumps(_without_hash_and_timestamp(document, parent))


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return a value as RFC 8785 has it.

    The library writes character by character in Python; a plan of 10,000 tasks takes it ten seconds. What
    the encoder of the standard library writes alike, it writes: nearly everything.

    Raises:
        rfc8785.CanonicalizationError: when the value holds a number or text that canonical JSON refuses.
    """
    try:
        return _encoded(_plain(value))
    except (_NotPlain, UnicodeEncodeError):
        return rfc8785.dumps(value)


def _encoded(plain: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return _ENCODER.encode(plain).encode()


class _NotPlain(Exception):
    """A value that the two encoders may write differently."""


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value that both encoders write alike, whole floats as integers.

    Raises:
        _NotPlain: keys that sort differently by UTF-16, numbers with an exponent or beyond 2**53.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        if not "".join(value).isascii():
            raise _NotPlain
        return {key: _plain(item) for key, item in value.items()}
    if kind is list:
        return [_plain(item) for item in value]
    if kind is float and (not value or SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN):
        return int(value) if value == int(value) else value
    if kind is int and abs(value) < LARGEST_PLAIN:
        return value
    raise _NotPlain


def _plain_without(value: Any, parent: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return `_plain(_without_hash_and_timestamp(value, parent))` in one go.

    Raises:
        _NotPlain: as `_plain`.
    """
    kind = type(value)
    if kind is dict:
        dropped = DROPPED_FROM_GENERATED if parent == "generated" else DROPPED
        if not "".join(value).isascii():
            raise _NotPlain
        return {
            key: item if type(item) is str else _plain_without(item, key)
            for key, item in value.items()
            if key not in dropped
        }
    if kind is list:
        return [item if type(item) is str else _plain_without(item, "") for item in value]
    return _plain(value)


def _without_hash_and_timestamp(value: Any, parent: str = "") -> Any:  # noqa: ANN401 - any JSON value
    kind = type(value)
    if kind is str:
        return value
    if kind is dict:
        dropped = DROPPED_FROM_GENERATED if parent == "generated" else DROPPED
        return {
            key: _without_hash_and_timestamp(item, key) for key, item in value.items() if key not in dropped
        }
    if kind is list:
        return [_without_hash_and_timestamp(item) for item in value]
    return value
