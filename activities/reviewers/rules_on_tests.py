"""Review rules on tests: none is deleted, skipped or made easier unless the task says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from activities.reviewers.reviewed_change import FileChange, Finding, ReviewedChange, ReviewLimits
from activities.reviewers.tests_of_file import FileTests, is_test_file, read_tests
from schemas.tasks import Task

_ALLOWED = re.compile(
    r"(?i)\b(?:remov|delet|drop|renam|mov|replac|rewrit|skip|disabl|simplif)\w*\b[^.;\n]{0,80}\btests?\b"
    r"|\btests?\b[^.;\n]{0,40}\b(?:is|are) (?:removed|deleted|dropped|renamed|moved|replaced|skipped)\b"
)
_FORBIDDEN = re.compile(r"(?i)\b(?:no|not|never|without|nor|don't|none)\b")
_ADVICE = "; restore it, or let the task's title or definition of done say that tests are to be removed"


_Gained = dict[str, dict[str, int]]
"""For each test file: the tests that the change adds to it, by bare name, and how much each asserts."""


def find_deleted_tests(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say which tests are gone; a test that stands in another file of the change now was moved."""
    if _may_touch_tests(change.task):
        return
    gained = _gained_tests(change)
    for file in _test_files(change):
        before, after = read_tests(file.path, file.before), read_tests(file.path, file.after)
        gone = [name for name in before.assertions if name not in after.assertions]
        lost = [name for name in gone if _moved_to(file.path, name, gained) is None]
        fewer = len(before.assertions) - len(after.assertions) - (len(gone) - len(lost))
        if lost and file.after is None:
            yield Finding(f"the test file {file.path} was deleted, with {_shown(lost)}{_ADVICE}")
        elif lost and fewer > 0:
            yield Finding(f"{fewer} test(s) of {file.path} are gone, among {_shown(lost)}{_ADVICE}")


def find_weakened_tests(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say which tests assert less than before, are skipped now, or cannot fail."""
    if _may_touch_tests(change.task):
        return
    gained = _gained_tests(change)
    for file in _test_files(change):
        before, after = read_tests(file.path, file.before), read_tests(file.path, file.after)
        weaker = _weaker_tests(file.path, before, after, gained)
        if weaker:
            yield Finding(f"{file.path}: {_shown(weaker)} asserts less than before{_ADVICE}")
        elif (
            file.after and after.total < before.total and before.assertions.keys() <= after.assertions.keys()
        ):
            yield Finding(
                f"{file.path} has {before.total - after.total} assertion(s) fewer than before{_ADVICE}"
            )
        if after.skips > before.skips:
            yield Finding(
                f"{file.path} has {after.skips - before.skips} new mark(s) that skip a test, let it fail or "
                f"run it alone{_ADVICE}"
            )
        if after.vacuous > before.vacuous:
            yield Finding(f"{file.path} has a new assertion that cannot fail: assert what the code does")


def _test_files(change: ReviewedChange) -> Iterator[FileChange]:
    return (file for file in change.files if is_test_file(file.path) and not file.is_binary)


def _same_tests(before: FileTests, after: FileTests) -> bool:
    return before.assertions.keys() <= after.assertions.keys()


def _weaker_tests(path: str, before: FileTests, after: FileTests, gained: _Gained) -> list[str]:
    """Return the tests that assert less than before, where they were or where they were moved to."""
    weaker: list[str] = []
    for name, count in before.assertions.items():
        now = after.assertions.get(name, _moved_to(path, name, gained))
        if now is not None and now < count:
            weaker.append(name)
    return weaker


def _gained_tests(change: ReviewedChange) -> _Gained:
    gained: _Gained = {}
    for file in _test_files(change):
        before, after = read_tests(file.path, file.before), read_tests(file.path, file.after)
        new = {name: count for name, count in after.assertions.items() if name not in before.assertions}
        gained[file.path] = {name.rpartition(".")[2]: count for name, count in new.items()}
    return gained


def _moved_to(path: str, name: str, gained: _Gained) -> int | None:
    """Return how much a test asserts in the other file that has gained it; None if no other file has."""
    short = name.rpartition(".")[2]
    found = [tests[short] for other, tests in gained.items() if other != path and short in tests]
    return max(found, default=None)


def _may_touch_tests(task: Task) -> bool:
    """Return whether title or definition of done say that tests go; `do not delete tests` does not."""
    done = task.boundaries.definition_of_done.criteria if task.boundaries else ()
    for sentence in (task.title, *done):
        match = _ALLOWED.search(sentence)
        if match and not _FORBIDDEN.search(sentence[: match.end()]):
            return True
    return False


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - as many as one reads
    return ", ".join(names[:5]) + more
