"""Drafts for tests, from Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from planner.codebase.survey import Survey
from planner.draft import Draft
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source_bytes
from schemas.settings import PlanSettings
from schemas.tasks import PlanCommand, Task

VERIFY = PlanCommand(script="make test", origin="survey", source="Makefile: target test")


def drafted(
    *documents: str,
    files: Iterable[str] = (),
    verify: tuple[PlanCommand, ...] = (VERIFY,),
    title: str | None = None,
) -> Draft:
    """Return the draft of documents called spec.md, spec2.md and so on, over a codebase with these files."""
    paths = frozenset(files)
    folders = frozenset(str(folder) for path in paths for folder in PurePosixPath(path).parents)
    sources = tuple(
        read_source_bytes(text.encode(), f"spec{number or ''}.md")
        for number, text in zip((0, *range(2, len(documents) + 1)), documents, strict=True)
    )
    survey = Survey(root=".", files=paths, folders=folders, verify=verify)
    return draft_from_documents(sources, survey, PlanSettings(), title)


def only_task(*documents: str, files: Iterable[str] = ()) -> Task:
    """Return the one task of a draft."""
    (task,) = drafted(*documents, files=files).tasks
    return task


def edges(draft: Draft) -> list[tuple[str, str, str, float, bool]]:
    """Return from, to, type, confidence and hardness of every dependency."""
    return [(item.from_, item.to, item.type, item.confidence, item.isHard) for item in draft.dependencies]


def rules(draft: Draft) -> list[str]:
    """Return the rules of the findings."""
    return [finding.rule for finding in draft.findings]
