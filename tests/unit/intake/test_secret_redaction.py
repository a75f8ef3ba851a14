"""Secrets are found by rule, and what only looks like one is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.secret_redaction import REDACTED, redact, secret_spans

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "AKIA" + "IOSFODNN7EXAMPL1": "Use {} for the bucket.",
    "ghp_" + "a1B2" * 9: "clone with {}",
    "github_pat_" + "11ABCDEFG0" * 3: "{}",
    "glpat-" + "x1Y2z3" * 4: "runner: {}",
    "sk-" + "ant-api03-" + "Ab9" * 10: "model key {}, ask Bob",
    "sk_live_" + "4eC39HqLyjWDarjtT1": "pay with {}",
    "xoxb-" + "1234567890-abcdefghij": "bot {}",
    "AIza" + "Sy" + "A1b2C3d4E5f" * 3: "maps {}",
    "npm_" + "a1B2" * 9: "{}",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + "abcDEF123456": "cookie {}",
    "Tr0ub4dor&3": "password: {}",
    "q9X2mZ77pL": "API_KEY={}",
    "s3cr3tValue99": 'client_secret = "{}"',
    "correct-Horse7": "The admin password is {}.",
    "p4ssw0rd9x": "postgres://app:{}@db.example.org/app",
    "abcdef0123456789abcdef": "Authorization: Bearer {}",
}
DECOYS = [
    "The password must be at least 12 characters.",
    "A token is required; the password is wrong.",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "password = <your password>",
    "API_KEY=${API_KEY}",
    "token: your-token-here",
    "secret = os.environ['SECRET']",
    "password=changeme",
    "postgres://postgres:postgres@localhost/test",
    "password: [REDACTED]",
    "Use sk-learn-contrib-extension-modules for it",
    "token_ttl = 3600s",
    "The key is in the drawer of desk 42.",
    "password = get_password(user1)",
]


@pytest.mark.parametrize(("secret", "sentence"), SECRETS.items())
def test_a_secret_is_taken_out_whole(secret: str, sentence: str) -> None:
    text = sentence.format(secret)
    redacted, spans = redact(text)
    assert redacted == sentence.format(REDACTED)
    assert [text[start:end] for start, end in spans] == [secret]


@pytest.mark.parametrize("text", DECOYS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == (text, ())


def test_a_private_key_is_taken_out_with_its_marks() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
    assert redact(f"key:\n{block}\nend")[0] == "key:\n[REDACTED]\nend"


def test_a_secret_on_the_next_line_is_found() -> None:
    assert redact("The password is\n  hunter2xyz now")[0] == "The password is\n  [REDACTED] now"


@given(
    st.lists(st.sampled_from([*SECRETS, *DECOYS, " ", "\n", "password: ", "token=", "x", "-"])).map("".join)
)
def test_what_was_redacted_holds_no_secret_any_more(text: str) -> None:
    redacted, spans = redact(text)
    assert secret_spans(redacted) == ()
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
