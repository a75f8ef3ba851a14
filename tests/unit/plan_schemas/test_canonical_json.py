"""Canonical JSON: what our quick way writes is byte for byte what the library writes."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.canonical_json import canonical_json, content_hash, content_hashes
from schemas.errors import PlanValidationFailed

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
@example(1e-7)
@example(1e-4)
@example(0.00009999)
@example(1e16)
@example(123456789012345680.0)
@example(-0.0)
@example(5.0)
@example({"\ufb33": 1, "\U0001f600": 2, "a": 3})
@example('\x00\x1f\x7f\u2028"\\\b\f\n\r\t')
@example({"b": True, "a": [1, 1.5, None]})
def test_the_quick_way_writes_what_the_library_writes(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**60), "\ud800", {"\udfff": 1}])
def test_what_canonical_json_refuses_has_no_hash(value: object) -> None:
    with pytest.raises(PlanValidationFailed):
        content_hash([value])


HASHED = st.dictionaries(
    st.sampled_from(["generated", "contentHash", "timestamp", "tasks", "a", "\U0001f600"]), VALUES
)


@given(HASHED)
@example(
    {
        "generated": {"contentHash": "x", "timestamp": "y", "by": 1},
        "timestamp": "z",
        "a": [{"contentHash": 1}],
    }
)
def test_a_hash_is_that_of_what_the_library_writes_without_hash_and_timestamp(
    document: dict[str, object],
) -> None:
    def without(value: object, parent: str = "") -> object:
        if isinstance(value, dict):
            dropped = {"contentHash"} | ({"timestamp"} if parent == "generated" else set())
            return {key: without(item, key) for key, item in value.items() if key not in dropped}
        return [without(item) for item in value] if isinstance(value, list) else value

    written = rfc8785.dumps(without(document))  # type: ignore[arg-type]  # any JSON value
    assert content_hash(document) == hashlib.sha256(written).hexdigest()


@given(HASHED, st.lists(HASHED, max_size=4))
def test_the_hashes_of_a_document_and_its_items_are_those_that_each_has_alone(
    document: dict[str, object], items: list[dict[str, object]]
) -> None:
    around = {key: value for key, value in document.items() if key.isascii()}
    found = content_hashes({**around, "tasks": []}, "tasks", items)
    whole = content_hash({**around, "tasks": items})
    assert found == (whole, tuple(content_hash(item) for item in items))
