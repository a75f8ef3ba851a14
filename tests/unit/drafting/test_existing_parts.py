"""What the codebase already has is built on, and not planned a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.codebase.survey import Survey, survey
from planner.draft import Draft
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source_bytes
from schemas.settings import PlanSettings

CODE = "class ShoppingCart:\n    def add_voucher(self, code): ...\n\n\ndef checkout_total(cart): ...\n"


@pytest.fixture
def surveyed(tmp_path: Path) -> Survey:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.py").write_text(CODE, encoding="utf-8")
    return survey(tmp_path)


def drafted(text: str, surveyed: Survey) -> Draft:
    return draft_from_documents(
        (read_source_bytes(text.encode(), "spec.md"),), surveyed, PlanSettings(), None
    )


def test_a_named_symbol_is_extended_and_a_second_one_is_warned_of(surveyed: Survey) -> None:
    draft = drafted("# T\n- [ ] Add a `ShoppingCart` for guests\n- [ ] Draw a logo\n", surveyed)
    reuse = draft.tasks[0].reuses_existing
    assert reuse is not None
    assert reuse.extends == ("shop.cart.ShoppingCart",)
    assert "shop/cart.py:1" in reuse.rationale
    assert draft.tasks[1].reuses_existing is None
    (finding,) = (item for item in draft.findings if item.rule == "exists-already")
    assert (finding.task, finding.line) == ("P1.T001", 2)


def test_what_is_near_by_its_words_is_imported(surveyed: Survey) -> None:
    draft = drafted("# T\n- [ ] Show the checkout total of `shop/cart.py`\n", surveyed)
    reuse = draft.tasks[0].reuses_existing
    assert reuse is not None
    assert reuse.extends == ("shop/cart.py",)
    assert reuse.imports == ("shop.cart.checkout_total",)
    assert "exists-already" not in [item.rule for item in draft.findings]


def test_a_task_of_a_runbook_is_its_authors_alone(surveyed: Survey) -> None:
    draft = drafted("# T\n## Add a `ShoppingCart`\n```sh run\ntrue\n```\n", surveyed)
    assert draft.tasks[0].reuses_existing is None
    assert draft.codebase == surveyed.analysis
