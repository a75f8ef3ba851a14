"""Whatever a document says: a draft or an error that names what is wrong, and quotes that are exact."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.codebase.survey import Survey
from planner.draft import Draft, SourceText
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.secret_redaction import secret_spans
from schemas.errors import TasksError
from schemas.settings import PlanSettings
from schemas.tasks import Task

LINES = st.sampled_from(
    """# Title
## 1. First thing
## Step 2: Second thing
### Acceptance criteria
## Out of scope
- [ ] T001 Build `src/a.py`, depends on T002 and step 1
- [x] done
1. [ ] Item, after First thing, ~35 LoC
   - [ ] inner, requires #2
- Given a user
- When x
- Then y
The tool MUST work. It SHOULD, e.g. here, be fast; estimate: 2h
It must not depend on P1.T001
password is hunter2xyz
```sh run
```sh check
```sh verify
```sh setup
```diff apply
```yaml task
```yaml plan
```gherkin
```
  ```sh run
  ```
true
--- a/src/a.py
+++ b/src/a.py
id: one
after: [1, First thing]
scope: [src/a.py]
exclusive: [db]
shared: {db: 1}
estimate: [1, 2, 3]
changes: none
resources: {db: {capacity: 2}}
title: x
: [
---
| a | b |
|---|---|
> quoted
<!-- comment -->

""".splitlines()
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NEWLINES = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
HEADLINES = st.sampled_from(
    [
        "## 1. First thing",
        "## 2. Second thing",
        "### Step 3: Third",
        "## Login",
        "- [ ] T001 Box",
        "1. [ ] Item",
    ]
)
PROSE = st.sampled_from(
    [
        "It MUST work after Login.",
        "Depends on First thing, and steps 1-3.",
        "See `src/a.py`, T002.",
        "1 h, P0",
        "𝄞 ü",
    ]
)
OPTIONS = st.sampled_from(
    [
        "scope: [src/a.py]",
        "exclusive: [db]",
        "after: []",
        "after: [1]",
        "changes: none",
        "estimate: [1, 2, 3]",
    ]
)
FENCES = st.sampled_from(
    ["sh run\ntrue", "sh check\ntrue", "diff apply\n--- a/x\n+++ b/x", "sh verify\nmake"]
)
SECTION = st.tuples(
    HEADLINES,
    PROSE | TEXT,
    st.none() | OPTIONS.map(lambda option: f"yaml task\n{option}"),
    st.none() | FENCES,
).map(
    lambda parts: (
        f"{parts[0]}\n\n{parts[1]}\n\n" + "".join(f"```{fence}\n```\n\n" for fence in parts[2:] if fence)
    )
)
WELL_FORMED = st.tuples(st.lists(SECTION, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"])).map(
    lambda document: "".join(document[0]).replace("\n", document[1])
)
MIXTURE = st.lists(st.tuples(LINES | TEXT, NEWLINES), min_size=1, max_size=40).map(
    lambda lines: "".join(line + newline for line, newline in lines)
)
DOCUMENT = MIXTURE | WELL_FORMED
SURVEY = Survey(root=".", files=frozenset(["src/a.py"]), folders=frozenset([".", "src"]))


def draft_of(*texts: str) -> Draft | None:
    """Return the draft of documents, None if they are refused."""
    sources = tuple(SourceText(f"{number}.md", text, "") for number, text in enumerate(texts))
    try:
        return draft_from_documents(sources, SURVEY, PlanSettings(), None)
    except TasksError as error:
        assert error.message  # noqa: PT017 - that it is one of ours is the test
        return None


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DOCUMENT, min_size=1, max_size=2))
def test_any_document_is_drafted_or_refused_and_every_quote_equals_its_slice(texts: list[str]) -> None:
    draft = draft_of(*texts)
    if draft is None:
        return
    sources = {source.name: source.text for source in draft.sources}
    quoting = [record.source_evidence for record in draft.features]
    quoting += [record.source_evidence for record in draft.tasks]
    for quotes in quoting:
        assert quotes
        for found in quotes:
            assert (
                found.redacted
                or found.quote == sources[found.document or ""][found.loc.start : found.loc.end]
            )
    for dependency in draft.dependencies:
        for proof in dependency.evidence:
            assert proof.loc is not None
            assert proof.quote is not None
            slices = [text[proof.loc.start : proof.loc.end] for text in sources.values()]
            assert proof.quote in slices or "[REDACTED]" in proof.quote


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENT)
def test_every_draft_holds_together(text: str) -> None:
    draft = draft_of(text)
    if draft is None:
        return
    ids = [task.id for task in draft.tasks]
    assert len(set(ids)) == len(ids)
    assert {task.feature_id for task in draft.tasks} == {feature.id for feature in draft.features}
    pairs = [(item.from_, item.to, item.shared_resource) for item in draft.dependencies]
    assert len(set(pairs)) == len(pairs)
    for earlier, later, resource in pairs:
        assert {earlier, later} <= set(ids)
        assert earlier != later
        assert resource is None or resource in draft.resources
    for task in draft.tasks:
        needs = task.resource_requirements.estimated
        assert {*needs.exclusive_resources, *needs.shared_resources} <= set(draft.resources)
        assert Task.model_validate(task.as_json()) == task
        assert not secret_spans(task.title + "\n" + task.description)


@given(DOCUMENT)
def test_the_same_document_gives_the_same_draft(text: str) -> None:
    assert draft_of(text) == draft_of(text)
