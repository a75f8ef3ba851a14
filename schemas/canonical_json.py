"""Canonical JSON (RFC 8785) and the content hash of an artifact."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from schemas.errors import PlanValidationFailed

DROPPED = frozenset({"contentHash"})
DROPPED_FROM_GENERATED = frozenset({"contentHash", "timestamp"})
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 2**53  # between them both write a number without an exponent


def content_hash(document: Any) -> str:  # noqa: ANN401 - any JSON value can be hashed
    """Return the sha256 (64 hex digits) of a JSON value, without what names or dates it.

    Every `contentHash` and the timestamp of `generated` are left out: a hash cannot contain itself,
    and the same input must give the same hash at any hour.

    Raises:
        PlanValidationFailed: when the value holds a number or text that canonical JSON refuses.
    """
    try:
        canonical = canonical_json(_without_hash_and_timestamp(document))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise PlanValidationFailed(
            f"a value cannot be written as canonical JSON: {error}",
            hint="use finite numbers below 2**53 and valid Unicode text",
        ) from error
    return hashlib.sha256(canonical).hexdigest()


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return a value as RFC 8785 has it.

    The library writes character by character in Python; a plan of 10,000 tasks takes it ten seconds. What
    the encoder of the standard library writes alike, it writes: nearly everything.

    Raises:
        rfc8785.CanonicalizationError: when the value holds a number or text that canonical JSON refuses.
    """
    try:
        text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (_NotPlain, UnicodeEncodeError):
        return rfc8785.dumps(value)


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
