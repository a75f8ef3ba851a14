"""What a codebase already has that is near to what is to be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.codebase.existing_capabilities import ExistingPart, nearest_existing
from planner.codebase.identifier_words import words_of
from planner.codebase.survey import Survey, survey

FILES = {
    "shop/orders/repository.py": "class OrderRepository:\n    ...\n",
    "shop/orders/totals.py": "\n\ndef total_of_order(order): ...\ndef _hidden_order(): ...\n",
    "shop/mail/smtp.py": "class SmtpClient: ...\ndef send_mail(): ...\n",
    "shop/users/models.py": "class User: ...\n",
    "shop/reports/monthly.py": "def render_report(): ...\n",
    "tests/test_orders.py": "class OrderRepositoryTest: ...\n",
    "README.md": "# Shop\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Survey:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return survey(tmp_path)


def test_the_class_that_the_words_describe_comes_first_with_its_line(shop: Survey) -> None:
    found = nearest_existing(shop, "Let the order repository find the orders of a customer")
    assert (found[0].path, found[0].symbol, found[0].line) == (
        "shop/orders/repository.py",
        "shop.orders.repository.OrderRepository",
        1,
    )
    assert 0.2 <= found[0].score < 1


def test_a_name_spelled_as_in_the_code_is_nearly_certain(shop: Survey) -> None:
    (best, *_) = nearest_existing(shop, "Call `send_mail` when the parcel leaves")
    assert (best.symbol, best.line, best.score) == ("shop.mail.smtp.send_mail", 2, 0.95)


def test_a_file_that_is_meant_scores_one_also_when_it_is_no_source(shop: Survey) -> None:
    found = nearest_existing(shop, "Say how it is used", ("README.md", "docs/new.md"))
    assert found == (ExistingPart("README.md", None, None, 1.0),)


def test_what_lies_in_a_meant_folder_comes_before_the_same_elsewhere(tmp_path: Path) -> None:
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "billing.py").write_text("def invoice_total(): ...\n")
    found = nearest_existing(survey(tmp_path), "Round the invoice total", ("south/**",))
    assert found[0].path == "south/billing.py"
    assert found[0].score > found[1].score


def test_nothing_is_offered_where_nothing_is_near(shop: Survey) -> None:
    assert nearest_existing(shop, "Bake bread") == ()
    assert nearest_existing(Survey(root="."), "Let the order repository find orders") == ()


def test_tests_and_private_names_are_not_offered_and_the_limit_is_kept(shop: Survey) -> None:
    found = nearest_existing(shop, "order repository test, total, report, hidden order, mail, user", limit=50)
    assert "shop.orders.repository.OrderRepository" in {part.symbol for part in found}
    assert not any("tests/" in part.path or "_hidden" in str(part.symbol) for part in found)
    assert len(nearest_existing(shop, "order repository total report mail user", limit=3)) == 3
    assert nearest_existing(shop, "order repository", limit=0) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("OrderRepository", ["order", "repository"]),
        ("parse_HTTPHeaders", ["parse", "http", "header"]),
        ("the queries of all classes", ["query", "class"]),
        ("status bus analysis", ["status", "bus", "analysis"]),
        ("Größe ändern", ["größe", "ändern"]),
    ],
)
def test_names_and_prose_become_the_same_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words
