"""Who comes after whom: numbers, `after`, and what the prose says."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import drafted, edges, rules

ONE, TWO, THREE, FOUR = "P1.T001", "P1.T002", "P1.T003", "P1.T004"
RUN = "```sh run\ntrue\n```\n"


def pairs(text: str) -> list[tuple[str, str]]:
    """Return the hard dependencies of a document."""
    return [(earlier, later) for earlier, later, _, _, hard in edges(drafted(text)) if hard]


def boxes(*texts: str) -> str:
    """Return a checklist."""
    return "# T\n" + "".join(f"- [ ] {text}\n" for text in texts)


@pytest.mark.parametrize(
    "form", ["## {}. Do", "## {}) Do", "## Step {}: Do", "### Task {} - Do", "## 1.{} Do"]
)
def test_numbered_headings_follow_one_another(form: str) -> None:
    text = "# T\n" + "".join(f"{form.format(number)}{number}\n{RUN}" for number in (1, 2, 4))
    assert edges(drafted(text)) == [
        (ONE, TWO, "sequential", 0.85, True),
        (TWO, THREE, "sequential", 0.85, True),
    ]


def test_the_number_decides_and_not_the_place_in_the_text() -> None:
    assert pairs(f"# T\n## 2. B\n{RUN}## 1. A\n{RUN}") == [(TWO, ONE)]


def test_equal_numbers_stand_side_by_side() -> None:
    text = "# T\n" + "".join(f"## {number}. Do\n{RUN}" for number in (1, 2, 2, 3))
    assert pairs(text) == [(ONE, TWO), (ONE, THREE), (TWO, FOUR), (THREE, FOUR)]


def test_ordered_items_follow_one_another_even_if_all_say_one() -> None:
    assert pairs("# T\n1. [ ] a\n1. [ ] b\n") == [(ONE, TWO)]


def test_headings_and_items_without_a_number_imply_nothing() -> None:
    assert pairs(f"# T\n## A\n{RUN}## B\n{RUN}") == []
    assert pairs("# T\n- [ ] a\n- [ ] b\n\n1. [ ] c\n\ntext\n\n1. [ ] d\n") == []


def test_numbers_of_different_sections_are_counted_apart() -> None:
    assert pairs(f"# T\n## X\n### 1. A\n{RUN}## Y\n### 2. B\n{RUN}") == []


@pytest.mark.parametrize("after", ["[]", "[1]"])
def test_after_takes_the_place_of_the_number(after: str) -> None:
    options = f"```yaml task\nafter: {after}\n```\n"
    text = f"# T\n## 1. A\n{RUN}## 2. B\n{RUN}## 3. C\n{options}{RUN}"
    assert pairs(text) == [(ONE, TWO), *([(ONE, THREE)] if after == "[1]" else [])]


@pytest.mark.parametrize("name", ["P1.T001", "T001", "1", "step 1", "'#1'", "Build it", "build IT"])
def test_after_takes_ids_numbers_and_titles(name: str) -> None:
    text = f"# T\n## Step 1: Build it\n{RUN}## Ship it\n```yaml task\nafter: [{name}]\n```\n{RUN}"
    (dependency,) = drafted(text).dependencies
    assert (dependency.from_, dependency.to, dependency.type, dependency.confidence) == (
        ONE,
        TWO,
        "technical",
        1.0,
    )
    assert dependency.evidence[0].quote == f"after: [{name}]"
    assert dependency.evidence[0].startLine == 8


def test_the_evidence_of_an_element_of_after_is_its_own_line() -> None:
    options = "```yaml task\nafter:\n  - A\n  - B\n```\n"
    draft = drafted(f"# T\n## A\n{RUN}## B\n{RUN}## C\n{options}{RUN}")
    assert [item.evidence[0].quote for item in draft.dependencies] == ["- A", "- B"]


def test_after_that_can_be_two_tasks_is_refused() -> None:
    text = f"# T\n## A\n{RUN}## A\n{RUN}## C\n```yaml task\nafter: [A]\n```\n{RUN}"
    with pytest.raises(
        InvalidArguments, match=r"spec\.md:12: `after` names 'A', which can be P1.T001, P1.T002"
    ):
        drafted(text)


def test_after_that_is_misspelt_is_refused_with_what_was_perhaps_meant() -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(f"# T\n## Build it\n{RUN}## C\n```yaml task\nafter: [Built it]\n```\n{RUN}")
    assert "Build it" in caught.value.hint


@pytest.mark.parametrize(
    "words",
    [
        "depends on T001",
        "depends on P1.T001",
        "Depends upon: the Build the parser",
        "after `Build the parser`",
        "after \u201cBuild the parser\u201d",
        "blocked by build the parser.",
        "requires T001, and more",
        "waits for T001",
    ],
)
def test_prose_that_names_a_task_is_a_hard_dependency_with_its_quote(words: str) -> None:
    (dependency,) = drafted(boxes("Build the parser", f"Ship it ({words})")).dependencies
    assert (dependency.from_, dependency.to, dependency.type) == (ONE, TWO, "technical")
    assert (dependency.confidence, dependency.isHard) == (0.9, True)
    quote = dependency.evidence[0].quote
    assert quote is not None
    assert words.startswith(quote)


@pytest.mark.parametrize(
    ("words", "earlier"),
    [
        ("after steps 1 and 2", [ONE, TWO]),
        ("requires #2", [TWO]),
        ("depends on step 1, 2", [ONE, TWO]),
        ("after steps 1-2", [ONE, TWO]),
        ("after T001\u2013T002", [ONE, TWO]),
        ("depends on T001 + T002", [ONE, TWO]),
    ],
)
def test_prose_names_several_tasks_by_lists_numbers_and_ranges(words: str, earlier: list[str]) -> None:
    second = f"## Step 2: B\n```yaml task\nafter: []\n```\n{RUN}"
    text = f"# T\n## Step 1: A\n{RUN}{second}## C\nIt runs {words}.\n{RUN}"
    assert pairs(text) == [(task, THREE) for task in earlier]


SECTIONS = (
    "# T\n## 1. Overview\nIt is new.\n## 2. Tokens\nIt MUST issue.\n"
    "## 3. Checks\nIt MUST check.\n## 4. Keys\nIt MUST rotate.\n"
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Section 4 depends on section 2.", [(ONE, THREE)]),
        ("This section requires sections 2 and 3.", [(ONE, THREE), (TWO, THREE)]),
        ("It comes after \u00a7 2.", [(ONE, THREE)]),
        ("Section 2 depends on section 4.", [(THREE, ONE)]),
        ("Section 3 must be done after section 2.", [(ONE, TWO)]),
        ("Tokens is blocked by Checks.", [(TWO, ONE)]),
        ("It requires section 2 of the standard.", []),
        ("It requires section 1.", []),
        ("Section 4 does not depend on section 2.", []),
    ],
)
def test_numbered_sections_are_named_by_their_number(words: str, expected: list[tuple[str, str]]) -> None:
    draft = drafted(f"{SECTIONS}{words}\n")
    assert [(item.from_, item.to) for item in draft.dependencies if item.isHard] == expected
    assert "unclear-reference" not in rules(draft)


def test_what_is_said_of_another_task_is_not_taken_for_the_one_where_it_stands() -> None:
    text = "".join(f"## Step {number}: Do\n```yaml task\nafter: []\n```\n{RUN}" for number in (1, 2, 3))
    assert pairs(f"# T\n{text}Step 2 depends on step 1.\n") == [(ONE, TWO)]


def test_a_task_that_blocks_another_comes_before_it() -> None:
    assert pairs(boxes("Build it (blocks T002)", "Ship it")) == [(ONE, TWO)]


@pytest.mark.parametrize(
    "words",
    [
        "does not depend on T001",
        "doesn't depend on T001",
        "no longer requires T001",
        "after two weeks",
        "requires Python 3.11",
        "fixes what came after #99",
        "needs a name",
    ],
)
def test_prose_that_says_otherwise_or_nothing_makes_no_dependency(words: str) -> None:
    draft = drafted(boxes("Build it", f"Ship it: {words}"))
    assert draft.dependencies == ()


def test_a_word_that_is_also_a_title_is_only_believed_when_written_like_it() -> None:
    assert pairs(boxes("Login", "Report, requires Login")) == [(ONE, TWO)]
    assert edges(drafted(boxes("Login", "Report after login"))) == [(ONE, TWO, "knowledge", 0.5, False)]


def test_an_id_that_is_merely_mentioned_is_a_soft_dependency() -> None:
    assert edges(drafted(boxes("Build it", "Ship it, see T001"))) == [(ONE, TWO, "knowledge", 0.5, False)]


def test_an_unknown_or_ambiguous_task_is_a_finding_and_no_dependency() -> None:
    draft = drafted(
        boxes("Fix the bug", "Fix the bug", "Ship it, depends on T009", "Tell, after Fix the bug")
    )
    assert draft.dependencies == ()
    unclear = [finding for finding in draft.findings if finding.rule == "unclear-reference"]
    assert [(finding.line, finding.task) for finding in unclear] == [(4, THREE), (5, FOUR)]
    assert "P1.T001, P1.T002" in unclear[1].message


def test_a_documents_own_numbers_are_never_taken_for_ours() -> None:
    draft = drafted(
        boxes("T010 Build", "T011 Ship, after T010", "T012 Tell, after T001") + "- [x] T001 done\n"
    )
    assert edges(draft) == [(ONE, TWO, "technical", 0.9, True)]
    assert "unclear-reference" in rules(draft)


def test_all_that_speaks_for_a_dependency_is_kept_in_one_entry() -> None:
    text = f"# T\n## 1. A\n{RUN}## 2. B\nIt depends on step 1. It requires P1.T001.\n{RUN}"
    (dependency,) = drafted(text).dependencies
    assert (dependency.type, dependency.confidence) == ("technical", 0.9)
    assert [item.confidence for item in dependency.evidence] == [0.9, 0.9, 0.85][: len(dependency.evidence)]
    assert dependency.evidence[-1].quote == "## 2. B"


def test_a_reference_in_code_that_acts_is_no_prose() -> None:
    assert pairs(f"# T\n## A\n{RUN}## B\n```sh run\n# depends on T001\n```\n") == []


@pytest.mark.parametrize(
    ("words", "hard"),
    [
        ("Depends on SUB.", True),
        ("It requires Parser, and more", True),
        ("Depends on base.", True),
        ("It is blocked by `base`", True),
        ("(depends on base and SUB)", True),
        ("Depends on base classes", False),
        ("It depends on base and more", False),
        ("Tidy up after base", False),
    ],
)
def test_a_stated_id_is_believed_unless_it_can_be_just_that_word(words: str, hard: bool) -> None:  # noqa: FBT001 - a parameter of the test
    ids = ("SUB", "Parser", "base")
    made = "".join(f"## Make {name}\n```yaml task\nid: {name}\n```\n{RUN}" for name in ids)
    found = edges(drafted(f"# T\n{made}## Use it\n{words}\n{RUN}"))
    assert {edge[4] for edge in found} == {hard}


@pytest.mark.parametrize(
    ("words", "earlier"),
    [
        ("Enable it once everything above is done", ["A", "B"]),
        ("Enable it after all steps above", ["A", "B"]),
        ("Enable it; depends on all of the work above", ["A", "B"]),
        ("Enable it, but not after everything above", []),
        ("Say it above everything", []),
    ],
)
def test_what_waits_for_everything_above_comes_after_all_tasks_above_it(
    words: str, earlier: list[str]
) -> None:
    boxes = f"- [ ] A: Write it\n- [ ] B: Test it\n- [ ] C: {words}\n- [ ] D: Rest\n"
    draft = drafted(f"# T\n{boxes}")
    titles = {task.id: task.title[0] for task in draft.tasks}
    assert sorted((titles[item.from_], titles[item.to]) for item in draft.dependencies) == [
        (name, "C") for name in earlier
    ]
    assert all(item.isHard for item in draft.dependencies)
