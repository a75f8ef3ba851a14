"""Review rules on tests: none is deleted, skipped or made easier unless the task says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from activities.reviewers.reviewed_change import FileChange, Finding, ReviewedChange, ReviewLimits
from activities.reviewers.tests_of_file import FileTests, is_test_file, tests_of
from schemas.tasks import Task

_ALLOWED = re.compile(
    r"(?i)\b(?:remov|delet|drop|renam|mov|replac|rewrit|skip|disabl|simplif)\w*\b[^.;\n]{0,80}\btests?\b"
    r"|\btests?\b[^.;\n]{0,40}\b(?:is|are) (?:removed|deleted|dropped|renamed|moved|replaced|skipped)\b"
)
_FORBIDDEN = re.compile(r"(?i)\b(?:no|not|never|without|nor|don't|none)\b")
_ADVICE = "; restore it, or let the task's title or definition of done say that tests are to be removed"


def find_deleted_tests(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say which tests are gone; a test that stands in another file of the change now was moved."""
    if _may_touch_tests(change.task):
        return
    moved_to = _names_of_new_tests(change)
    for file in _test_files(change):
        before, after = tests_of(file.path, file.before), tests_of(file.path, file.after)
        gone = [name for name in before.assertions if name not in after.assertions]
        lost = [name for name in gone if name.rpartition(".")[2] not in moved_to.get(file.path, frozenset())]
        fewer = len(before.assertions) - len(after.assertions) - (len(gone) - len(lost))
        if lost and file.after is None:
            yield Finding(f"the test file {file.path} was deleted, with {_shown(lost)}{_ADVICE}")
        elif lost and fewer > 0:
            yield Finding(f"{fewer} test(s) of {file.path} are gone, among {_shown(lost)}{_ADVICE}")


def find_weakened_tests(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say which tests assert less than before, are skipped now, or cannot fail."""
    if _may_touch_tests(change.task):
        return
    for file in _test_files(change):
        if file.after is None:
            continue
        before, after = tests_of(file.path, file.before), tests_of(file.path, file.after)
        weaker = [
            name for name, count in before.assertions.items() if after.assertions.get(name, count) < count
        ]
        if weaker:
            yield Finding(f"{file.path}: {_shown(weaker)} asserts less than before{_ADVICE}")
        elif after.total < before.total and _same_tests(before, after):
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


def _names_of_new_tests(change: ReviewedChange) -> dict[str, frozenset[str]]:
    """Return, for each test file, the names of the tests that other files of the change have gained."""
    gained = {
        file.path: {
            name.rpartition(".")[2]
            for name in tests_of(file.path, file.after).assertions.keys()
            - tests_of(file.path, file.before).assertions.keys()
        }
        for file in _test_files(change)
    }
    return {
        path: frozenset(name for other, names in gained.items() if other != path for name in names)
        for path in gained
    }


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
