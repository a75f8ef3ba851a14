"""Whether landed work still counts after the document was edited: it does as long as it is the same work."""

from __future__ import annotations

import pytest

from activities.work_content import work_content
from tests.unit.drafting.drafted import only_task

RUNBOOK = """\
# Counting

## 1. Count lines

Every line counts.

```yaml task
id: lines
scope: [words.py]
estimate: [0.1, 0.2, 0.5]
```

```sh run
echo lines >> words.py
```

```sh check
grep -q lines words.py
```
"""


def content(before: str, after: str) -> str:
    """Return the work content of the runbook's task after an edit."""
    assert before in RUNBOOK
    return work_content(only_task(RUNBOOK.replace(before, after), files=["words.py"]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Counting\n", "# Counting\n\nWhat is written above a task moves its place in the document.\n"),
        ("# Counting\n", "# Counting and more\n"),
        ("estimate: [0.1, 0.2, 0.5]", "estimate: [1, 2, 3]\npriority: high\nmax_retries: 0"),
    ],
    ids=["moved", "the document's title", "how it is scheduled"],
)
def test_work_that_landed_still_counts_when_what_it_asks_for_is_the_same(before: str, after: str) -> None:
    assert content(before, after) == content("", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("echo lines", "echo the lines"),
        ("grep -q lines", "grep -q line"),
        ("scope: [words.py]", "scope: [words.py, README.md]"),
        ("1. Count lines", "1. Count sentences"),
        ("Every line counts.", "Empty lines do not count."),
    ],
    ids=["script", "check", "scope", "title", "description"],
)
def test_other_work_is_done_again(before: str, after: str) -> None:
    assert content(before, after) != content("", "")
