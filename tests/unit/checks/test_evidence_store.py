import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.atomic_files import write_atomically
from activities.evidence_store import Evidence, excerpt, secret_values
from schemas.execution import Feedback


def test_files_are_numbered_in_the_order_they_were_made(tmp_path: Path) -> None:
    first = Evidence(tmp_path / "1", "post_test").log_path("verify-1")
    second = Evidence(tmp_path / "1", "land").log_path("weird name/../x")

    assert first.name == "001-post_test-verify-1.log"
    assert second.name == "002-land-weird-name-..-x.log"
    assert first.parent == second.parent == tmp_path / "1"


def test_a_name_is_never_given_twice_even_to_many_at_once(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path, "develop")
    at_once = threading.Barrier(8)

    def reserve(_: int) -> list[Path]:
        at_once.wait(20)
        return [evidence.log_path("command") for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        paths = [path for given in pool.map(reserve, range(8)) for path in given]

    assert len(set(paths)) == len(list(tmp_path.iterdir())) == 160


def test_more_than_a_thousand_files_are_still_numbered_on(tmp_path: Path) -> None:
    (tmp_path / "1041-land-x.log").touch()

    assert Evidence(tmp_path, "land").log_path("y").name == "1042-land-y.log"


def test_records_are_kept_as_json_without_the_known_secrets(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path, "review", secrets=("hunter2-and-more",))
    feedback = Feedback(phase="review", rule="scope", message="said hunter2-and-more")

    file = evidence.write_json("feedback", [feedback])

    assert json.loads(file.read_text())[0]["message"] == "said [REDACTED]"
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_log_loses_the_known_secrets(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path, "develop", secrets=("hunter2-and-more",))
    log = evidence.log_path("command")
    log.write_bytes(b"\xff before hunter2-and-more after")

    evidence.redact_file(log)

    assert log.read_bytes() == b"\xff before [REDACTED] after"


def test_only_values_of_secret_names_are_secrets() -> None:
    environment = {"API_KEY": "abcdefgh", "MY_TOKEN": "abcdefghij", "SHORT_KEY": "abc", "LANG": "en_US.UTF-8"}

    assert secret_values({**environment, "SSH_KEY": "/home/me/key"}) == ("abcdefghij", "abcdefgh")


def test_what_looks_like_a_secret_is_not_sent_on_even_in_a_long_text(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 10
    evidence = Evidence(tmp_path, "develop")

    assert token not in evidence.excerpt(f"head\n{'x' * 90_000}\ncloned with {token}")
    assert "[REDACTED]" in evidence.excerpt(f"head\n{'x' * 90_000}\ncloned with {token}")


@given(st.text(max_size=400), st.integers(min_value=0, max_value=300))
def test_an_excerpt_has_never_more_than_its_limit_and_keeps_the_end(text: str, limit: int) -> None:
    shown = excerpt(text, limit)

    assert len(shown) <= limit or shown == text
    if len(text) <= limit:
        assert shown == text
    elif limit:
        assert text.endswith(shown[-1])


def test_an_excerpt_says_that_the_middle_is_left_out() -> None:
    shown = excerpt("begin" + "." * 5000 + "end")

    assert shown.startswith("begin")
    assert shown.endswith("end")
    assert "5008 characters in all" in shown


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").touch()

    with pytest.raises(OSError, match="irectory"):
        write_atomically(target, b"new")

    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
