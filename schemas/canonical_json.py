"""Canonical JSON (RFC 8785) and the content hash of an artifact."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from schemas.errors import PlanValidationFailed


def content_hash(document: Any) -> str:  # noqa: ANN401 - any JSON value can be hashed
    """Return the sha256 (64 hex digits) of a JSON value, without what names or dates it.

    Every `contentHash` and the timestamp of `generated` are left out: a hash cannot contain itself,
    and the same input must give the same hash at any hour.

    Raises:
        PlanValidationFailed: when the value holds a number or text that canonical JSON refuses.
    """
    try:
        canonical = rfc8785.dumps(_without_hash_and_timestamp(document))
    except rfc8785.CanonicalizationError as error:
        raise PlanValidationFailed(
            f"a value cannot be written as canonical JSON: {error}",
            hint="use finite numbers below 2**53 and valid Unicode text",
        ) from error
    return hashlib.sha256(canonical).hexdigest()


def _without_hash_and_timestamp(value: Any, parent: str = "") -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        dropped = {"contentHash", "timestamp"} if parent == "generated" else {"contentHash"}
        return {
            key: _without_hash_and_timestamp(item, key) for key, item in value.items() if key not in dropped
        }
    if isinstance(value, list):
        return [_without_hash_and_timestamp(item) for item in value]
    return value
