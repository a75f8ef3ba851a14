from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.reviewers.checks_reviewer import (
    RULES,
    FileChange,
    ReviewedChange,
    ReviewLimits,
    review_by_checks,
)
from tests.unit.reviewers.changes import GOOD_CODE, TESTS, added, change_of, deleted, modified, task

TOKEN = "ghp_" + "a1B2" * 10
GOOD = change_of(
    added("shop/price.py", GOOD_CODE),
    added("shop/__init__.py", ""),
    modified("tests/test_price.py", TESTS, TESTS + "\ndef test_more():\n    assert price('b') == 4\n"),
    modified("shop/shop.js", "let a = 1\n", "let a = 2\n"),
    added("shop/logo.png", b"\x89PNG\0" + b"x" * 1000),
)


def broken_rules(change: ReviewedChange) -> set[str]:
    return {feedback.rule for feedback in review_by_checks(change).feedback}


def messages(change: ReviewedChange) -> str:
    return "\n".join(feedback.message for feedback in review_by_checks(change).feedback)


def test_a_good_change_passes_every_rule() -> None:
    result = review_by_checks(GOOD)

    assert (result.accepted, result.feedback, result.notes) == (True, (), ())
    assert result.reviewer == "checks"


def with_file(file: FileChange) -> ReviewedChange:
    return replace(GOOD, files=(*(kept for kept in GOOD.files if kept.path != file.path), file))


WEAKER_TESTS = TESTS.replace('    assert price("b") == 4\n', "")
CONFLICT = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
BROKEN: dict[str, ReviewedChange] = {
    "emptiness": replace(GOOD, files=()),
    "scope": with_file(added("deploy/x.sh", "true\n")),
    "conflict-marks": with_file(
        modified("shop/a.txt", "a\n", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    ),
    "deleted-tests": with_file(deleted("tests/test_old.py", TESTS)),
    "weakened-tests": with_file(
        modified("tests/test_price.py", TESTS, TESTS.replace('    assert price("b") == 4\n', ""))
    ),
    "secrets": with_file(added("shop/config.py", f'TOKEN = "{TOKEN}"\n')),
    "size": with_file(added("shop/data.csv", "".join(f"{number}\n" for number in range(2001)))),
    "placeholders": with_file(added("shop/later.py", "def later() -> int:\n    raise NotImplementedError\n")),
}


def test_every_rule_has_a_change_that_breaks_it() -> None:
    assert BROKEN.keys() == RULES.keys()


@pytest.mark.parametrize("rule", RULES)
def test_a_change_that_breaks_one_rule_breaks_exactly_that_one(rule: str) -> None:
    result = review_by_checks(BROKEN[rule])

    assert {feedback.rule for feedback in result.feedback} == {rule}
    assert not result.accepted
    assert all(feedback.phase == "review" for feedback in result.feedback)


@pytest.mark.parametrize(
    ("changes", "files", "accepted"),
    [
        ("required", (), False),
        ("optional", (), True),
        ("none", (), True),
        ("none", GOOD.files, False),
        ("optional", GOOD.files, True),
        ("required", (added("shop/notes.txt", ""),), False),
        ("required", (added("shop/__init__.py", ""),), True),
    ],
)
def test_a_change_must_be_there_when_it_is_asked_for(
    changes: str, files: tuple[FileChange, ...], accepted: object
) -> None:
    assert review_by_checks(change_of(*files, of=task(changes=changes))).accepted == accepted


def test_a_run_that_was_told_to_do_nothing_may_change_nothing() -> None:
    assert review_by_checks(replace(change_of(), executor="noop")).accepted


def test_what_was_left_out_is_out_of_scope_unless_tools_leave_it_behind() -> None:
    droppings = ("shop/__pycache__/a.pyc", ".pytest_cache/v", ".coverage", "x.egg-info/PKG")
    result = review_by_checks(replace(GOOD, left_out=droppings))

    assert result.accepted
    assert ".coverage" in result.notes[0]
    assert "other/secret.txt" in messages(replace(GOOD, left_out=(*droppings, "other/secret.txt")))
    assert ".coverage" not in messages(replace(GOOD, left_out=(*droppings, "other/secret.txt")))


def test_a_heading_of_equal_signs_and_an_old_mark_are_no_conflict() -> None:
    old = "<<<<<<< shown in a manual\n"

    assert not broken_rules(with_file(added("shop/a.rst", "Title\n=======\n")))
    assert not broken_rules(with_file(modified("shop/a.md", old, old + "more\n")))


def test_a_name_that_is_no_text_can_be_told() -> None:
    change = with_file(added("deploy/\udcff.sh", "true\n"))

    assert "deploy/\\xff.sh" in messages(change)
    assert review_by_checks(change).model_dump_json()


def test_a_large_binary_is_too_large_and_a_lock_file_is_not() -> None:
    lock = "".join(f"{number}\n" for number in range(9000))

    assert broken_rules(with_file(added("shop/x.bin", b"\0" * 1_000_001))) == {"size"}
    assert not broken_rules(replace(with_file(added("uv.lock", lock)), includes=()))
    assert "shop/data.csv (9000)" in messages(with_file(added("shop/data.csv", lock)))


def test_the_limit_of_lines_can_be_set() -> None:
    assert review_by_checks(BROKEN["size"], ReviewLimits(changed_lines=5000)).accepted
    assert not review_by_checks(GOOD, ReviewLimits(changed_lines=3)).accepted


def test_a_secret_is_not_repeated_in_the_message_and_has_a_place() -> None:
    text = messages(BROKEN["secrets"])

    assert TOKEN not in text
    assert "shop/config.py:1" in text


@pytest.mark.parametrize(
    ("path", "line", "accepted"),
    [
        ("shop/a.py", "token = parts[1]", True),
        ("shop/a.py", "token = next_token2", True),
        ("shop/a.py", 'password = "tr0ub4dor&3x"', False),
        ("tests/test_a.py", 'password = "tr0ub4dor&3x"', True),
        ("tests/test_a.py", f'token = "{TOKEN}"', False),
        ("shop/.env", "API_KEY=abc123def456ghi", False),
        ("shop/a.py", 'url = "https://me:tr0ub4dor3@host/x"', False),
        ("shop/a.pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----", False),
    ],
)
def test_a_secret_is_a_value_that_is_written_out(path: str, line: str, accepted: object) -> None:
    assert ("secrets" not in broken_rules(with_file(added(path, f"{line}\n")))) == accepted


def test_a_secret_that_was_there_before_is_not_blamed_on_the_change() -> None:
    old = f'TOKEN = "{TOKEN}"\n'

    assert not broken_rules(with_file(modified("shop/config.py", old, old + "x = 1\n")))


PLACEHOLDERS = [
    (
        "shop/a.py",
        "class A:\n    def f(self):\n        '''Do.'''\n        raise NotImplementedError('x')\n",
    ),
    ("shop/a.py", "def f():\n    pass  # TODO write it\n"),
    ("shop/a.py", "def f():\n    # TODO\n    ...\n"),
    ("shop/a.py", "def f():\n    '''Do.'''\n    return None  # FIXME implement\n"),
    ("shop/a.rs", "fn f() { todo!() }\n"),
    ("shop/a.go", 'func f() { panic("not implemented") }\n'),
    ("shop/a.ts", 'function f() { throw new Error("not implemented") }\n'),
]
ABSTRACT = "class A:\n    @abc.abstractmethod\n    def f(self):\n        raise NotImplementedError\n"
NO_PLACEHOLDERS = [
    (
        "shop/a.py",
        ABSTRACT,
    ),
    ("shop/a.py", "class A(Protocol):\n    def f(self) -> int: ...  # TODO name it\n"),
    ("shop/a.py", "def f():\n    pass\n"),
    ("shop/a.py", "def f(x):\n    # TODO faster\n    return x + 1\n"),
    ("shop/a.py", "def f(x):\n    if x:\n        raise NotImplementedError('no x')\n    return 1\n"),
    ("shop/a.py", "TEXT = 'raise NotImplementedError'\n"),
    ("tests/fake.py", "def f():\n    raise NotImplementedError\n"),
]


@pytest.mark.parametrize(("path", "content"), PLACEHOLDERS)
def test_code_that_only_pretends_is_a_placeholder(path: str, content: str) -> None:
    assert broken_rules(with_file(added(path, content))) == {"placeholders"}


@pytest.mark.parametrize(("path", "content"), NO_PLACEHOLDERS)
def test_code_that_others_have_to_write_or_that_does_something_is_none(path: str, content: str) -> None:
    assert not broken_rules(with_file(added(path, content)))


def test_a_placeholder_that_was_there_before_is_not_blamed_on_the_change() -> None:
    for path, content in PLACEHOLDERS:
        assert not broken_rules(with_file(modified(path, content, content + "\n"))), path


CONTENT = st.none() | st.binary(max_size=200) | st.text(max_size=200).map(str.encode)
PATHS = st.sampled_from(["shop/a.py", "tests/test_a.py", "shop/a.ts", "shop/a.test.ts", "x", "shop/.env"])


@given(st.lists(st.builds(FileChange, PATHS, st.sampled_from("AMDT"), CONTENT, CONTENT), max_size=4))
def test_no_content_makes_the_reviewer_fail(files: list[FileChange]) -> None:
    result = review_by_checks(change_of(*files))

    assert result.accepted == (not result.feedback)
    assert result.model_dump_json()
