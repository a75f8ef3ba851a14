"""Changes to review, in a few words."""

from activities.reviewers.checks_reviewer import FileChange, ReviewedChange
from schemas.tasks import Task

TESTS = """import pytest
from shop import price

def test_price():
    assert price("a") == 3
    assert price("b") == 4

class TestOrders:
    def test_unknown(self):
        with pytest.raises(KeyError):
            price("c")
"""
GOOD_CODE = '''"""Prices."""

PRICES = {"a": 3, "b": 4}


def price(sku: str) -> int:
    """Return the price."""
    return PRICES[sku]
'''


def task(title: str = "Add prices", *, changes: str | None = None, done: tuple[str, ...] = ()) -> Task:
    return Task.model_validate(
        {
            "id": "T1",
            "feature_id": "F001",
            "title": title,
            "description": "Add prices to the shop.",
            "category": "implementation",
            "contentHash": "0" * 64,
            "changes": changes,
            "boundaries": {
                "expected_complexity": {"value": "small"},
                "definition_of_done": {"criteria": done},
                "scope": {"includes": ["shop/**", "tests/**"]},
            },
        }
    )


def added(path: str, content: str | bytes) -> FileChange:
    return FileChange(path, "A", None, content.encode() if isinstance(content, str) else content)


def modified(path: str, before: str, after: str) -> FileChange:
    return FileChange(path, "M", before.encode(), after.encode())


def deleted(path: str, before: str) -> FileChange:
    return FileChange(path, "D", before.encode(), None)


def change_of(*files: FileChange, of: Task | None = None, left_out: tuple[str, ...] = ()) -> ReviewedChange:
    return ReviewedChange(of or task(), files, left_out, includes=("shop/**", "tests/**"))
