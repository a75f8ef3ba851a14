"""Find secrets in text by rules, and take them out before anything is written, logged or sent.

Rules by shape and by name, no entropy: a commit hash or a digest is as random as a token and is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

REDACTED = "[REDACTED]"
SecretSpan = tuple[int, int]

PROVIDER_TOKENS = tuple(
    re.compile(r"(?<![A-Za-z0-9_-])(?:" + shape + r")(?![A-Za-z0-9_-])")
    for shape in (
        r"(?:AKIA|ASIA)[0-9A-Z]{16}",  # Amazon access key id
        r"gh[opsur]_[A-Za-z0-9]{36,}",  # GitHub
        r"github_pat_[A-Za-z0-9_]{22,}",
        r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
        r"sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}",  # model providers; words with dashes have no digit
        r"[rs]k_live_[A-Za-z0-9]{16,}",  # payment
        r"whsec_[A-Za-z0-9+/=]{16,}",
        r"xox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
        r"xapp-[0-9]-[A-Za-z0-9-]{10,}",
        r"AIza[A-Za-z0-9_-]{35}",  # Google
        r"ya29\.[A-Za-z0-9_-]{20,}",
        r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",  # mail
        r"npm_[A-Za-z0-9]{36}",
        r"pypi-[A-Za-z0-9_-]{50,}",
        r"hf_[A-Za-z0-9]{30,}",
        r"dckr_pat_[A-Za-z0-9_-]{20,}",
        r"dop_v1_[a-f0-9]{64}",
        r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
        r"hv[bs]\.[A-Za-z0-9_-]{24,}",  # vault
        r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram bot
        r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",  # JWT
    )
)
PEM_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]{1,40}-----)?"
)
WEBHOOK = re.compile(r"https://hooks\.slack\.com/(?:services|workflows)/(?P<secret>[A-Za-z0-9/_-]{20,})")
URL_PASSWORD = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@]{0,64}:(?P<secret>[^\s/@]{3,128})@")
AUTHORIZATION = re.compile(r"(?i)\b(?:bearer|basic)[ \t]+(?P<secret>[A-Za-z0-9+/=._~-]{16,})")
NAMES_OF_SECRETS = (
    r"(?:password|passwd|passphrase|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|token|credentials?|"
    r"api[_ -]?key|access[_-]?key|private[_-]?key|account[_-]?key|auth[_-]?key|encryption[_-]?key)"
)
ASSIGNMENT = re.compile(
    r"(?i)"
    + NAMES_OF_SECRETS
    + r"[\"'`]?[ \t]{0,4}(?::=|=>|=|:)[ \t]{0,4}(?P<quote>[\"'`]?)(?P<secret>[^\s\"'`,;]{8,256})"
)
SPOKEN = re.compile(
    r"(?i)\b(?:password|passphrase|pass ?code|secret|token|api[ -]key|credentials?)"
    r"(?:[ \t]+for[ \t]+\S{1,40})?[ \t]+(?:is|are|was)[ \t]*:?[ \t]*"
    r"(?:\r?\n[ \t]*)?(?P<quote>[\"'`]?)(?P<secret>[^\s\"'`,;]{6,256})"
)
PLACEHOLDER = re.compile(
    r"(?i)^(?:[<{$%(\[*].*|x{3,}.*|\.{3}.*|your[-_].*|my[-_]?(?:password|secret|token).*|change[-_]?me.*|"
    r"example.*|placeholder.*|dummy.*|(?:super)?(?:secret|pass(?:word)?|postgres|root|admin|test|user|guest)"
    r"[0-9]{0,3})$"
)
MIN_MIXED_LENGTH = 20
TRAILING = ".!?)]}>"


def secret_spans(text: str) -> tuple[SecretSpan, ...]:
    """Return where secrets stand, as half-open ranges of characters, in order and without overlaps."""
    return _merged(_found(text))


def redact(text: str) -> tuple[str, tuple[SecretSpan, ...]]:
    """Return the text with `[REDACTED]` in place of each secret, and where the secrets stood."""
    spans = secret_spans(text)
    return redact_spans(text, spans), spans


def redact_spans(text: str, spans: Iterable[SecretSpan]) -> str:
    """Return the text with `[REDACTED]` in place of each of the given ranges, which must be in order."""
    parts: list[str] = []
    end = 0
    for span in spans:
        parts += (text[end : span[0]], REDACTED)
        end = span[1]
    return "".join((*parts, text[end:]))


def _found(text: str) -> Iterator[SecretSpan]:
    for pattern in (*PROVIDER_TOKENS, PEM_BLOCK):
        for match in pattern.finditer(text):
            yield match.span()
    for match in WEBHOOK.finditer(text):
        yield match.span("secret")
    for match in URL_PASSWORD.finditer(text):
        if not _is_placeholder(match["secret"]):
            yield match.span("secret")
    for pattern in (AUTHORIZATION, ASSIGNMENT, SPOKEN):
        for match in _overlapping(pattern, text):
            start, end = match.span("secret")
            value = match["secret"].rstrip(TRAILING)
            if _looks_random(value, quoted=bool(match.groupdict().get("quote"))):
                yield start, start + len(value) if REDACTED not in match["secret"] else end


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield every match of a rule: what one takes for the value may itself be the name of the next."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start("secret"))


def _looks_random(value: str, *, quoted: bool) -> bool:
    """Return whether a value is more than a word: letters with digits, or a long mixture of cases."""
    if _is_placeholder(value) or "(" in value or value.startswith(("http://", "https://", "/", "./")):
        return False
    has_letter = any(character.isalpha() for character in value)
    if has_letter and any(character.isdigit() for character in value):
        return True
    is_mixed = value != value.lower() and value != value.upper() and not value.istitle()
    has_sign = any(not character.isalnum() and character not in "-_./:" for character in value)
    return has_letter and (
        (quoted and (is_mixed or has_sign)) or (is_mixed and len(value) >= MIN_MIXED_LENGTH)
    )


def _is_placeholder(value: str) -> bool:
    return REDACTED in value or "REDACTED" in value or PLACEHOLDER.match(value) is not None


def _merged(spans: Iterable[SecretSpan]) -> tuple[SecretSpan, ...]:
    merged: list[SecretSpan] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)
