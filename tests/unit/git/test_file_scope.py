from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.file_scope import in_scope, is_declared, is_named, scope_text
from planner.codebase.paths_of_tests import TEST_GLOBS, is_test_path


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("src/app.py", "src", True),
        ("src/app.py", "src/", True),
        ("src/app.py", "./src/", True),
        ("src/app.py", "/src", True),
        ("src/app.py", "src/app.py", True),
        ("src/app.py.bak", "src/app.py", False),
        ("srcs/app.py", "src", False),
        ("lib/src/app.py", "src", False),
        ("lib/src/app.py", "**/src/**", True),
        ("src/a/b/c.py", "src/**", True),
        ("src/a/b/c.py", "src/**/*.py", True),
        ("src/c.py", "src/**/*.py", True),
        ("src/c.ts", "src/**/*.py", False),
        ("docs/a/b.md", "*.md", True),
        ("src/a.py", "src/*.py", True),
        ("src/deep/a.py", "src/*.py", False),
        ("src/a.tsx", "src/**/*.{ts,tsx}", True),
        ("src/a.js", "src/**/*.{ts,tsx}", False),
        ("config/[prod].yml", "config/[prod].yml", False),
        ("file1.txt", "file[0-9].txt", True),
        ("with space/a b.txt", "with space/", True),
        ("#notes.md", "#*.md", True),
        ("!important.md", "!*.md", True),
        ("other.md", "!*.md", False),
        ("größe.txt", "größe.txt", True),
        ("caf\udce9.txt", "*.txt", True),
        ("anything", "**", True),
        ("anything", ".", True),
        ("anything", "", True),
    ],
)
def test_a_pattern_means_what_its_author_expects(path: str, pattern: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert in_scope(path, [pattern]) is expected


def test_without_includes_everything_but_the_excludes_is_in_scope() -> None:
    assert in_scope("a/b", [])
    assert not in_scope("a/b", [], ["a"])
    assert in_scope("c", [], ["a"])


def test_an_exclude_wins_over_an_include() -> None:
    assert not in_scope("src/generated/a.py", ["src"], ["src/generated/**"])


@pytest.mark.parametrize(
    "prose",
    [
        "Do not touch the database",
        "No *.md files are to be changed",
        "the src folder",
        "everything else",
        "n/a?",
    ],
)
def test_an_exclusion_in_prose_excludes_nothing(prose: str) -> None:
    for path in ("src/app.py", "README.md", "database/schema.sql", "n/ab.md"):
        assert in_scope(path, [], [prose])


def test_declared_is_narrower_than_the_whole_tree_and_named_is_the_path_itself() -> None:
    assert is_declared("src/a.py", ["src/**"])
    assert not is_declared("src/a.py", ["**", "."])
    assert is_named("src/a.py", ["./src/a.py"])
    assert not is_named("src/a.py", ["src/*.py", "src"])


@given(
    st.lists(st.text(alphabet="abc. #![]{},*?é", min_size=1, max_size=6), min_size=1, max_size=3),
    st.lists(st.text(alphabet="abc./ #![]{},*?\\é", max_size=10), max_size=3),
)
def test_no_pattern_is_an_error_and_an_exclude_only_ever_takes_away(
    parts: list[str], patterns: list[str]
) -> None:
    path = "/".join(parts)
    assert in_scope(path, patterns, patterns) <= in_scope(path, patterns)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_money.py", True),
        ("src/shop/tests/data/a.json", True),
        ("test_money.py", True),
        ("src/money_test.go", True),
        ("web/cart.test.tsx", True),
        ("web/cart.spec.mjs", True),
        ("spec/cart_spec.rb", True),
        ("web/__tests__/cart.ts", True),
        ("src/shop/money.py", False),
        ("src/latest.py", False),
        ("contest/a.py", False),
    ],
)
def test_the_globs_for_tests_are_the_paths_of_tests(path: str, expected: bool) -> None:  # noqa: FBT001 - a test table
    assert in_scope(path, TEST_GLOBS) is expected
    assert is_test_path(path) is expected


def test_a_scope_with_the_globs_for_tests_is_told_in_a_word() -> None:
    assert scope_text(("src/money.py", *TEST_GLOBS)) == "src/money.py and tests"
    assert scope_text(("src/money.py",)) == "src/money.py"
    assert scope_text(()) == "the whole tree"
