"""What is said of many places is said once, and nothing is left out without saying so."""

from __future__ import annotations

from planner.documents.condensed_findings import condensed
from schemas.dag import Finding


def finding(rule: str, message: str, line: int, file: str = "spec.md") -> Finding:
    return Finding(rule=rule, severity="warning", message=message, file=file, line=line)


def messages(found: list[Finding]) -> list[str]:
    return [f"{item.file}:{item.line} {item.message} [{item.rule}]" for item in found]


def test_the_same_message_names_its_other_places() -> None:
    found = condensed(
        [
            finding("a", "no executor", 3),
            finding("a", "no executor", 9),
            finding("a", "no executor", 4, "b.md"),
        ],
        5,
    )
    assert messages(found) == ["spec.md:3 no executor (also line 9, b.md:4) [a]"]


def test_of_many_findings_of_a_rule_the_last_shown_counts_the_rest() -> None:
    found = condensed([finding("a", f"task {number}", number) for number in range(1, 8)], 3)
    assert messages(found) == [
        "spec.md:1 task 1 [a]",
        "spec.md:2 task 2 [a]",
        "spec.md:3 task 3 (and 4 more like these) [a]",
    ]


def test_a_line_that_would_count_one_more_is_that_one() -> None:
    findings = [finding("a", f"task {number}", number) for number in range(1, 5)]
    assert condensed(findings, 3) == findings


def test_an_error_is_not_hidden_by_a_warning_of_the_same_words() -> None:
    warning = finding("a", "the same", 1)
    error = warning.model_copy(update={"severity": "error"})
    assert condensed([warning, error], 5) == [warning, error]


def test_the_same_words_without_a_place_are_counted() -> None:
    nowhere = Finding(rule="a", severity="warning", message="odd")
    assert condensed([nowhere, nowhere], 5)[0].message == "odd (2 times)"
