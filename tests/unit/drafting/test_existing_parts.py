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


def test_something_new_is_set_beside_the_nearest_that_exists(surveyed: Survey) -> None:
    draft = drafted("# T\n- [ ] Add a voucher report\n- [ ] Write `docs/cart.md`\n- [ ] Be kind\n", surveyed)
    beside = draft.tasks[0].nearest_existing
    assert beside is not None
    assert (beside.name, beside.path, beside.line) == (
        "shop.cart.ShoppingCart.add_voucher",
        "shop/cart.py",
        2,
    )
    assert 0.2 <= beside.score < 0.6
    assert draft.tasks[2].nearest_existing is None
    assert draft.tasks[2].reuses_existing is None


def test_what_is_extended_is_nothing_new(surveyed: Survey) -> None:
    draft = drafted("# T\n- [ ] Add a `ShoppingCart` for guests\n", surveyed)
    assert draft.tasks[0].nearest_existing is None


@pytest.mark.parametrize("name", ["Basket", "Basket.empty()", "shop.basket.Basket"])
def test_a_plain_word_in_code_marks_is_the_name_of_a_symbol(name: str, tmp_path: Path) -> None:
    (tmp_path / "basket.py").write_text("class Basket:\n    def empty(self): ...\n", encoding="utf-8")
    reuse = drafted(f"# T\n- [ ] Let `{name}` remember\n", survey(tmp_path)).tasks[0].reuses_existing
    assert reuse is not None
    assert any(found.startswith("basket.Basket") for found in reuse.extends)


def test_a_word_that_many_symbols_bear_names_none_of_them(tmp_path: Path) -> None:
    for number in range(6):
        code = f"class Part{number}:\n    def run(self): ...\n"
        (tmp_path / f"part{number}.py").write_text(code, encoding="utf-8")
    vague, clear = drafted("# T\n- [ ] Let `run` log\n- [ ] Let `Part3.run` log\n", survey(tmp_path)).tasks
    assert vague.reuses_existing is None or not vague.reuses_existing.extends
    assert clear.reuses_existing is not None
    assert clear.reuses_existing.extends == ("part3.Part3.run",)
