"""Canonical JSON: what our quick way writes is byte for byte what the library writes."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.canonical_json import canonical_json, content_hash
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
