"""Which files a request is about, by words, history and imports."""

from __future__ import annotations

from pathlib import Path

from planner.codebase.co_changes import read_co_changes
from planner.codebase.relevant_files import relevant_files
from planner.codebase.survey import survey
from tests.unit.codebase.codebases import commit, write_files

FILES = {
    "shop/cart.py": "class Cart:\n    def discount(self): ...\n",
    "shop/mail.py": "def send_mail(): ...\n",
    "shop/report.py": "from shop.cart import Cart\ndef monthly(): ...\n",
    "shop/prices.py": "TABLE = {}\n",
    "tests/test_cart.py": "def test_discount_of_cart(): ...\n",
}


def test_the_file_that_shares_the_rarest_words_comes_first_and_says_which(tmp_path: Path) -> None:
    found = relevant_files(survey(write_files(tmp_path, FILES)), "Show the discount in the shop's cart")
    assert found[0].path == "shop/cart.py"
    assert found[0].score == 1.0
    assert "discount" in found[0].reason
    assert "tests/test_cart.py" in {item.path for item in found[1:]}


def test_a_file_that_was_changed_together_with_it_is_named_with_the_reason(tmp_path: Path) -> None:
    commit(tmp_path, FILES)
    for number in range(2):
        change = {
            "shop/cart.py": f"{FILES['shop/cart.py']}# {number}\n",
            "shop/prices.py": f"TABLE = {number}\n",
        }
        commit(tmp_path, change)
    found = {item.path: item.reason for item in relevant_files(survey(tmp_path), "Discount")}
    assert found["shop/prices.py"] == "changed together with shop/cart.py"


def test_who_imports_a_relevant_file_is_named_after_it(tmp_path: Path) -> None:
    found = {item.path: item for item in relevant_files(survey(write_files(tmp_path, FILES)), "discount")}
    assert found["shop/report.py"].reason == "imports shop/cart.py"
    assert found["shop/report.py"].score < found["shop/cart.py"].score
    assert "shop/mail.py" not in found


def test_nothing_is_relevant_to_words_that_occur_nowhere(tmp_path: Path) -> None:
    found = survey(write_files(tmp_path, FILES))
    assert relevant_files(found, "Bake bread") == ()
    assert relevant_files(found, "") == ()
    assert len(relevant_files(found, "shop cart mail discount", limit=2)) == 2


def test_large_commits_and_single_files_say_nothing_about_what_belongs_together(tmp_path: Path) -> None:
    commit(tmp_path, {f"file{number}.py": "" for number in range(31)})
    commit(tmp_path, {"file1.py": "x = 1\n"})
    commit(tmp_path, {"file1.py": "x = 2\n", "part/ä b.py": "y = 1\n"})
    assert read_co_changes(tmp_path) == (("file1.py", "part/ä b.py"),)


def test_a_part_of_a_repository_has_the_history_of_its_own_paths(tmp_path: Path) -> None:
    commit(tmp_path, {"part/a.py": "", "part/b.py": "", "other.py": ""})
    assert read_co_changes(tmp_path / "part") == (("a.py", "b.py"),)


def test_a_folder_without_history_has_no_changes(tmp_path: Path) -> None:
    assert read_co_changes(tmp_path) == ()
