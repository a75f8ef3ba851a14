import pytest

from activities.acceptance_check_coverage import coverage_from_output, coverage_from_reports
from tests.unit.checks.conftest import Shop, command


@pytest.mark.parametrize(
    ("name", "content", "share"),
    [
        (
            "coverage.xml",
            b'<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM "x"><coverage line-rate="0.875"/>',
            0.875,
        ),
        ("coverage.json", b'{"totals": {"percent_covered": 87.5}}', 0.875),
        ("coverage-summary.json", b'{"total": {"lines": {"pct": 50}}}', 0.5),
    ],
)
def test_a_report_tells_the_coverage(name: str, content: bytes, share: float) -> None:
    coverage = coverage_from_reports([(name, content), ("package.json", b'{"name": "x"}'), ("a.json", b"[")])

    assert coverage is not None
    assert coverage.share == share
    assert coverage.source == name


def test_of_several_reports_the_lowest_counts() -> None:
    reports = [("a.xml", b'<coverage line-rate="0.9"/>'), ("b.xml", b'<coverage line-rate="0.2"/>')]

    coverage = coverage_from_reports(reports)

    assert coverage is not None
    assert (coverage.share, coverage.source) == (0.2, "b.xml")


@pytest.mark.parametrize(
    ("content"),
    [
        b'<coverage line-rate="1" lines-valid="0"/>',
        b'<coverage line-rate="nan"/>',
        b'<coverage line-rate="7"/>',
    ],
)
def test_a_report_of_nothing_is_no_measurement(content: bytes) -> None:
    assert coverage_from_reports([("coverage.xml", content)]) is None


@pytest.mark.parametrize(
    ("output", "share"),
    [
        ("Name   Stmts Miss Cover\n---\nTOTAL    200   25    88%", 0.88),
        ("TOTAL    200   25   10   2    87.50%", 0.875),
        ("ok \tx.y\t0.1s\tcoverage: 81.2% of statements", 0.812),
        ("total:\t\t\t(statements)\t\t61.5%", 0.615),
        ("All files      |   97.1 |     80 |     90 |    95.5 |", 0.955),
    ],
)
def test_a_known_tool_prints_the_coverage(output: str, share: float) -> None:
    coverage = coverage_from_output(output)

    assert coverage is not None
    assert coverage.share == pytest.approx(share)


def test_packages_of_unknown_weight_are_not_averaged() -> None:
    lines = "ok \ta\t0.1s\tcoverage: 10.0% of statements\nok \tb\t0.1s\tcoverage: 90.0% of statements"

    assert coverage_from_output(lines) is None


def test_coverage_below_the_bound_is_red_and_none_at_all_is_not_measurable(shop: Shop) -> None:
    script = """echo '{"totals": {"percent_covered": 79.0}}' > coverage.json"""

    low, enough = shop.run([], [command(script, coverageGte=0.8), command(script, coverageGte=0.75)])

    assert (low.verdict, enough.verdict) == ("red", "green")
    assert "79.0%" in low.detail
    assert shop.judge(command("true", coverageGte=0.1)).verdict == "not_measurable"
