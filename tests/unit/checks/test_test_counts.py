import sys
from pathlib import Path

import pytest

from activities.acceptance_check_tests import TestCounts, counts_from_junit, counts_from_output
from tests.unit.checks.conftest import Shop, command, verify

OUR_PYTHON = Path(sys.prefix) / "bin" / "python"

SUMMARIES = [
    ("=== 2 failed, 5 passed, 1 skipped, 1 error in 0.12s ===", (5, 3, 1)),
    ("..\n144 passed, 2 warnings in 1.02s", (144, 0, 0)),
    ("\x1b[32m\x1b[1m3 passed\x1b[0m\x1b[32m in 0.01s\x1b[0m", (3, 0, 0)),
    ("12 passed, 3 deselected, 1 xfailed, 1 xpassed in 65.20s (0:01:05)", (13, 0, 1)),
    ("no tests ran in 0.00s", (0, 0, 0)),
    ("Ran 3 tests in 0.001s\n\nOK", (3, 0, 0)),
    ("Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)", (2, 2, 1)),
    ("Ran 0 tests in 0.000s\n\nNO TESTS RAN", (0, 0, 0)),
    ("Ran 0 tests in 0.000s\n\nOK", (0, 0, 0)),
    (
        "--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\n--- FAIL: TestB (0.0s)\nFAIL\tx.y/z\t0.1s",
        (1, 1, 0),
    ),
    ("?   \tx.y/a\t[no test files]\nok  \tx.y/b\t0.01s [no tests to run]", (0, 0, 0)),
    ("FAIL\tx.y/a [build failed]", (0, 1, 0)),
    ("Tests:       1 failed, 2 skipped, 12 passed, 15 total", (12, 1, 2)),
    (" Test Files  1 passed (1)\n      Tests  1 failed | 12 passed | 2 skipped (15)", (12, 1, 2)),
    ("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n" * 2, (10, 0, 2)),
    ("# tests 5\n# suites 0\n# pass 4\n# fail 1\n# cancelled 0\n# skipped 0", (4, 1, 0)),
]


@pytest.mark.parametrize(("output", "expected"), SUMMARIES)
def test_the_summary_of_a_known_runner_is_read(output: str, expected: tuple[int, int, int]) -> None:
    counts = counts_from_output(output)

    assert counts is not None
    assert (counts.passed, counts.failed, counts.skipped) == expected


@pytest.mark.parametrize(
    "output",
    ["", "ok  \tx.y/b\t0.01s", "all 12 passed, honestly", "I ran 3 tests in my head", "test result: ok"],
)
def test_an_output_without_a_summary_gives_no_numbers(output: str) -> None:
    assert counts_from_output(output) is None


def test_junit_counts_cases_and_not_what_the_suite_says_of_itself() -> None:
    report = (
        b'<testsuites><testsuite name="s" tests="99" failures="0"><testcase name="a"/>'
        b'<testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>'
        b'<testcase name="d"><skipped/></testcase></testsuite></testsuites>'
    )

    counts = counts_from_junit([("r.xml", report), ("other.xml", b"<project/>"), ("broken.xml", b"<x")])

    assert counts == TestCounts(passed=1, failed=2, skipped=1, source="r.xml")


def test_a_report_with_entities_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><testsuite><testcase name="&a;"/></testsuite>'

    assert counts_from_junit([("r.xml", bomb)]) is None


def test_a_real_unittest_run_without_tests_is_red(shop: Shop) -> None:
    shop.write("tests/__init__.py", "")

    (result,) = shop.run([verify("python3 -m unittest discover -s tests")])

    assert result.verdict == "red"
    assert "NO TESTS RAN" in result.detail


def test_a_real_pytest_run_without_tests_is_red(shop: Shop) -> None:
    shop.write("test_nothing.py", "")

    (result,) = shop.run([verify(f"{OUR_PYTHON} -m pytest -q -p no:cacheprovider")])

    assert result.verdict == "red"
    assert "NO TESTS RAN" in result.detail
    assert "exit code 5" in result.detail


def test_a_run_in_which_every_test_is_skipped_proves_nothing(shop: Shop) -> None:
    shop.write(
        "test_x.py",
        "import unittest as u\n\nclass T(u.TestCase):\n    @u.skip('x')\n    def test_a(self): pass\n",
    )

    (result,) = shop.run([verify("python3 -m unittest")])

    assert result.verdict == "red"
    assert "skipped" in result.detail


def test_the_pass_rate_comes_from_the_junit_file_that_the_command_wrote(shop: Shop) -> None:
    shop.write(
        "test_x.py",
        "import pytest\n\n@pytest.mark.parametrize('n', range(10))\ndef test_n(n): assert n != 3\n",
    )
    script = f"{OUR_PYTHON} -m pytest -q -p no:cacheprovider --junitxml=out/report.xml"

    low, high = shop.run([], [command(script, passRateGte=0.9), command(script, passRateGte=0.95)])

    assert low.verdict == "green"
    assert "9 of 10 tests passed (out/report.xml)" in low.detail
    assert high.verdict == "red"


def test_an_old_junit_file_is_not_believed(shop: Shop) -> None:
    shop.write("old.xml", '<testsuite><testcase name="a"/></testsuite>')
    shop.run([verify("touch -d '1 hour ago' old.xml")])

    result = shop.judge(command("true", passRateGte=0.5))

    assert result.verdict == "not_measurable"
    assert "cannot be measured" in result.detail


def test_a_failed_test_does_not_excuse_an_exit_code_that_it_does_not_explain(shop: Shop) -> None:
    result = shop.judge(command("echo '3 passed in 0.01s'; exit 2", passRateGte=0.5))

    assert result.verdict == "red"
    assert "exit code 2" in result.detail


def test_what_cannot_be_measured_is_not_green(shop: Shop) -> None:
    result = shop.judge(command("echo all good", passRateGte=1.0))

    assert result.verdict == "not_measurable"
