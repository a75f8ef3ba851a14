"""What was read of a plan that another program wrote: its tasks, as if a document had stated them."""

from __future__ import annotations

from dataclasses import dataclass

from planner.draft import SourceText
from planner.drafting.document_tasks import DocumentTasks
from planner.drafting.draft_features import DraftFeatures


@dataclass(frozen=True, slots=True)
class ImportedTasks:
    """The tasks of one file, each with its place in it, and the features they belong to."""

    source: SourceText
    documents: tuple[DocumentTasks, ...]
    features: DraftFeatures
    title: str
    """What the plan is called when the user says nothing: the file holds no title."""


def title_of_file(source: SourceText) -> str:
    """Return a title for a file without one: its name without the ending."""
    return source.name.rsplit(".", 1)[0] or "Plan"
