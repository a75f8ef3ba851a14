"""The verdict on one check, with the reason in the user's words."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.activity_io import CheckVerdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """Green, red or not measurable, and why; what is not measurable counts as failed."""

    verdict: CheckVerdict
    detail: str = ""


def green(detail: str = "") -> Judgement:
    """Return that the check holds."""
    return Judgement("green", detail)


def red(detail: str) -> Judgement:
    """Return that the check does not hold, and why."""
    return Judgement("red", detail)


def not_measurable(detail: str) -> Judgement:
    """Return that there was nothing to judge by, and what was looked for."""
    return Judgement("not_measurable", detail)


def at_once(judgements: list[Judgement]) -> Judgement:
    """Return several judgements as one: red before not measurable before green, all reasons together."""
    for verdict in ("red", "not_measurable"):
        failed = [judgement.detail for judgement in judgements if judgement.verdict == verdict]
        if failed:
            return Judgement(verdict, "; ".join(failed))
    return green("; ".join(judgement.detail for judgement in judgements if judgement.detail))
