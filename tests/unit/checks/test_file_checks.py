import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.acceptance_check_metric import at_pointer
from schemas.acceptance_checks import ArtifactCheck, MetricCheck
from tests.unit.checks.conftest import Shop

OPENAPI = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get: {responses: {"200": {description: ok}}}
"""


def artifact(path: str, **expect: object) -> ArtifactCheck:
    return ArtifactCheck.model_validate({"type": "artifact", "path": path, "expect": expect})


def metric(report: str | None, pointer: str | None = None, **expect: float) -> MetricCheck:
    return MetricCheck.model_validate(
        {"type": "metric", "name": "m", "report": report, "pointer": pointer, "expect": expect}
    )


def test_a_file_must_exist_or_must_not(shop: Shop) -> None:
    shop.write("docs/a.md", "text")

    assert shop.judge(artifact("docs/a.md")).verdict == "green"
    assert shop.judge(artifact("docs/b.md")).verdict == "red"
    assert shop.judge(artifact("docs/b.md", exists=False)).verdict == "green"
    assert shop.judge(artifact("docs/a.md", exists=False)).verdict == "red"


def test_a_file_must_have_its_size(shop: Shop) -> None:
    shop.write("a", "12345")

    assert shop.judge(artifact("a", minBytes=5)).verdict == "green"
    assert shop.judge(artifact("a", minBytes=6)).verdict == "red"
    assert shop.judge(artifact(".", minBytes=1)).verdict == "red"


@pytest.mark.parametrize(
    ("expectation", "good", "bad"),
    [
        ("validJSON", '{"a": [1]}', "{'a': 1}"),
        ("validJSON", "[]", "[NaN]"),
        ("validJSON", '"x"', "[" * 100_000),
        ("validYAML", "a: [1, 2]\n---\nb: 1\n", "a: [1\nb: }"),
        ("validYAML", "x", ""),
        ("validOpenAPI", OPENAPI, OPENAPI.replace("openapi: 3.0.3", "")),
        ("validOpenAPI", OPENAPI, OPENAPI.replace("  /orders", "  orders")),
        ("validOpenAPI", OPENAPI, OPENAPI.replace("responses", "answers")),
        ("validOpenAPI", OPENAPI, OPENAPI.replace("title: Shop, ", "")),
        ("validOpenAPI", OPENAPI, OPENAPI.replace("paths:", "ways:")),
        ("validOpenAPI", OPENAPI, "[1]"),
    ],
)
def test_a_file_must_be_what_it_claims(shop: Shop, expectation: str, good: str, bad: str) -> None:
    shop.write("good", good)
    shop.write("bad", bad)

    assert shop.judge(artifact("good", **{expectation: True})).verdict == "green"
    assert shop.judge(artifact("bad", **{expectation: True})).verdict == "red"


def test_an_openapi_check_says_what_it_checked(shop: Shop) -> None:
    shop.write("api.yaml", OPENAPI)

    assert "1 paths, 1 operations" in shop.judge(artifact("api.yaml", validOpenAPI=True)).detail


def test_bytes_that_are_no_text_are_not_valid(shop: Shop) -> None:
    (shop.work.path / "a.json").write_bytes(b'"\xff"')

    assert shop.judge(artifact("a.json", validJSON=True)).verdict == "red"


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "out", "down/../../secret"])
def test_a_path_that_leads_out_of_the_worktree_is_red(shop: Shop, path: str) -> None:
    (shop.work.path.parent / "secret").write_text("{}")
    (shop.work.path / "down").mkdir()
    (shop.work.path / "out").symlink_to(shop.work.path.parent / "secret")

    result = shop.judge(artifact(path, exists=True))

    assert result.verdict == "red"
    assert shop.judge(metric(path, gte=0)).verdict == "red"


def test_a_pipe_is_not_waited_for(shop: Shop) -> None:
    os.mkfifo(shop.work.path / "pipe")

    assert shop.judge(artifact("pipe", validJSON=True)).verdict == "red"
    assert shop.judge(metric("pipe", gte=0)).verdict == "not_measurable"


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        ({"lte": 10.5}, "green"),
        ({"lte": 10.4}, "red"),
        ({"gte": 10.5}, "green"),
        ({"gte": 10.6}, "red"),
        ({"gte": 10, "lte": 11}, "green"),
        ({"gte": 11, "lte": 10}, "red"),
        ({}, "not_measurable"),
    ],
)
def test_a_metric_must_lie_within_its_bounds(shop: Shop, bounds: dict[str, float], verdict: str) -> None:
    shop.write("r.json", '{"a": [0, 10.5]}')

    assert shop.judge(metric("r.json", "/a/1", **bounds)).verdict == verdict


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ('{"a": true}', "/a"),
        ('{"a": "7"}', "/a"),
        ('{"a": NaN}', "/a"),
        ('{"a": 7}', "/b"),
        ('{"a": [7]}', "/a/01"),
        ('{"a": 7}', "a"),
        ('{"a~": 7}', "/a~"),
        ("no json", "/a"),
    ],
)
def test_what_is_no_number_is_not_measurable(shop: Shop, content: str, pointer: str) -> None:
    shop.write("r.json", content)

    result = shop.judge(metric("r.json", pointer, gte=0))

    assert result.verdict == "not_measurable"
    assert "r.json" in result.detail


def test_a_metric_without_report_or_with_a_missing_one_says_so(shop: Shop) -> None:
    assert "names no `report`" in shop.judge(metric(None, gte=0)).detail
    assert "does not exist" in shop.judge(metric("none.json", gte=0)).detail


def test_a_report_that_no_check_wrote_is_used_and_named_as_such(shop: Shop) -> None:
    report = shop.write("r.json", "7")
    os.utime(report, (1, 1))

    assert shop.judge(metric("r.json", "", gte=7)).detail.endswith(
        "(from a report that none of these checks wrote)"
    )


KEYS = st.text("~01/ab", max_size=5)


@given(
    st.recursive(
        st.integers(), lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3)
    )
)
def test_every_value_is_found_at_its_own_pointer(document: object) -> None:
    def visit(value: object, pointer: str) -> None:
        assert at_pointer(document, pointer) == value
        if isinstance(value, dict):
            for key, below in value.items():
                visit(below, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(value, list):
            for index, below in enumerate(value):
                visit(below, f"{pointer}/{index}")

    visit(document, "")


def test_the_worktree_itself_may_be_reached_over_a_link(shop: Shop, tmp_path: Path) -> None:
    shop.write("a", "x")
    (tmp_path / "link").symlink_to(shop.work.path.parent)
    shop.bench = shop.with_changes(work=type(shop.work)(tmp_path / "link" / "T1"))

    assert shop.judge(artifact("a")).verdict == "green"
