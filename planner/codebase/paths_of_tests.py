"""Which files belong to the tests of a codebase, by their paths: what they hold is not what it offers."""

from __future__ import annotations

import re

TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|spec|specs|testdata|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
    r"|[^/]*_test\.go$|[^/]*\.(?:test|spec)\.[cm]?[jt]sx?$|[^/]*_spec\.rb$|[^/]*_test\.rb$"
)
_FOLDERS_OF_TESTS = ("test", "tests", "testing", "__tests__", "spec", "specs", "testdata", "fixtures")
TEST_GLOBS = (
    *(f"**/{folder}/**" for folder in _FOLDERS_OF_TESTS),
    *("test_*.py", "*_test.py", "conftest.py", "*_test.go", "*_spec.rb", "*_test.rb"),
    "*.{test,spec}.{ts,tsx,js,jsx,mts,mjs,cts,cjs}",
)
"""The same as globs, as they stand in the scope of a task."""


def is_test_path(path: str) -> bool:
    """Return whether a file belongs to the tests, in the way of its language."""
    return TEST_PATH.search(path) is not None
