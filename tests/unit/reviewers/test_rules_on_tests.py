import pytest

from activities.reviewers.checks_reviewer import review_by_checks
from activities.reviewers.tests_of_file import is_test_file, read_tests
from schemas.tasks import Task
from tests.unit.reviewers.changes import TESTS, added, change_of, deleted, modified, task

JEST = "test('adds', () => { expect(add(1, 2)).toBe(3); expect(add(0, 0)).toBe(0) })\n"
PATH = "tests/test_price.py"
HALF = TESTS[: TESTS.index("class TestOrders")]


def broken(after: str, before: str = TESTS, path: str = PATH, of: Task | None = None) -> list[str]:
    result = review_by_checks(change_of(modified(path, before, after), of=of))
    return [feedback.rule for feedback in result.feedback]


def test_a_test_that_is_gone_is_noticed_and_named() -> None:
    result = review_by_checks(change_of(modified(PATH, TESTS, HALF)))

    assert [feedback.rule for feedback in result.feedback] == ["deleted-tests"]
    assert "TestOrders.test_unknown" in result.feedback[0].message


def test_a_test_that_is_commented_out_is_gone() -> None:
    commented_out = TESTS.replace("def test_price", "# def test_price").replace("    assert", "    # assert")

    assert "deleted-tests" in broken(commented_out)


def test_a_test_moved_to_another_file_is_not_gone() -> None:
    moved = change_of(deleted(PATH, TESTS), added("tests/test_prices.py", TESTS))

    assert review_by_checks(moved).accepted


def test_a_test_that_vanished_while_its_file_was_moved_is_noticed() -> None:
    assert not review_by_checks(change_of(deleted(PATH, TESTS), added("tests/test_prices.py", HALF))).accepted


def test_a_test_that_was_moved_and_asserts_less_is_noticed() -> None:
    weaker = TESTS.replace('    assert price("b") == 4\n', "")
    result = review_by_checks(change_of(deleted(PATH, TESTS), added("tests/test_prices.py", weaker)))

    assert [feedback.rule for feedback in result.feedback] == ["weakened-tests"]


def test_a_renamed_test_is_not_gone() -> None:
    assert broken(TESTS.replace("test_price", "test_price_of_known_article")) == []


@pytest.mark.parametrize(
    ("title", "done", "rules"),
    [
        ("Remove the old tests of prices", (), []),
        ("Add prices", ("tests/test_price.py is gone: the test is deleted",), []),
        ("Add prices", ("Rename test_price",), ["deleted-tests"]),
        ("Add prices", ("Do not remove any test",), ["deleted-tests"]),
        ("Add prices without deleting tests", (), ["deleted-tests"]),
        ("Remove the old prices", (), ["deleted-tests"]),
    ],
)
def test_tests_may_go_when_the_task_says_so_and_not_when_it_forbids_it(
    title: str, done: tuple[str, ...], rules: list[str]
) -> None:
    assert broken("import shop\n", of=task(title, done=done)) == rules


@pytest.mark.parametrize(
    "after",
    [
        TESTS.replace("def test_price", "@pytest.mark.skip\ndef test_price"),
        TESTS.replace("def test_price", "@pytest.mark.skip(reason='later')\ndef test_price"),
        TESTS.replace("def test_price", "@pytest.mark.xfail\ndef test_price"),
        TESTS.replace("def test_price():\n", "def test_price():\n    pytest.skip('later')\n"),
        "import unittest\n" + TESTS.replace("class TestOrders", "@unittest.skip('x')\nclass TestOrders"),
        TESTS.replace('price("a") == 3', "True"),
        TESTS.replace(
            '        with pytest.raises(KeyError):\n            price("c")\n', "        price('a')\n"
        ),
        TESTS + "\ndef test_nothing():\n    assert True\n",
    ],
)
def test_a_python_test_that_is_made_easier_is_noticed(after: str) -> None:
    assert after != TESTS
    assert broken(after) == ["weakened-tests"]


@pytest.mark.parametrize(
    "after",
    [
        JEST.replace("test(", "test.skip("),
        JEST.replace("test(", "test.only("),
        JEST.replace(" expect(add(0, 0)).toBe(0)", ""),
        JEST + "test('x', () => { expect(true).toBe(true) })\n",
    ],
)
def test_a_test_of_another_language_that_is_made_easier_is_noticed(after: str) -> None:
    assert broken(after, JEST, "tests/add.test.js") == ["weakened-tests"]


def test_a_skip_that_only_stands_in_a_text_is_none() -> None:
    assert broken(TESTS + "\nTEXT = '@pytest.mark.skip'\n") == []


def test_tests_that_were_skipped_before_stay_so_without_blame() -> None:
    skipped = TESTS.replace("def test_price", "@pytest.mark.skip\ndef test_price")

    assert broken(skipped + "\nX = 1\n", skipped) == []


@pytest.mark.parametrize(
    "path",
    [
        *("tests/a.py", "test_a.py", "pkg/a_test.go", "src/a.test.ts", "src/a.spec.js", "spec/a_spec.rb"),
        *("src/FooTest.java", "conftest.py", "pkg/__tests__/a.js", "src/tests.rs"),
    ],
)
def test_a_test_file_is_known_by_its_name_or_folder(path: str) -> None:
    assert is_test_file(path)


@pytest.mark.parametrize(
    "path", ["src/a.py", "src/latest.py", "contest.py", "tests/a.json", "src/attest.go", "testament.py"]
)
def test_other_files_are_no_tests(path: str) -> None:
    assert not is_test_file(path)


def test_tests_and_assertions_are_counted_by_name() -> None:
    assert read_tests("a.py", TESTS.encode()).assertions == {"test_price": 2, "TestOrders.test_unknown": 1}
    assert read_tests("a.test.js", JEST.encode()).total == 2
    assert list(read_tests("a_test.go", b"func TestA(t *testing.T) { t.Errorf() }\n").assertions) == ["TestA"]
    assert read_tests("a.py", None).total == 0
