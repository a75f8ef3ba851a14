"""A draft: what the planning stages hand to each other until it becomes a plan (design 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from schemas.dag import Finding
from schemas.features import Feature, Statement
from schemas.plan import Drafter
from schemas.tasks import (
    Autonormalization,
    CodebaseAnalysis,
    Dependency,
    PlanCommand,
    SharedResource,
    SourceDocument,
    Task,
    TasksMeta,
)

UNSEALED_HASH = "0" * 64
EstimateOrigin = Literal["document", "sizing_rule", "model"]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document as it was read: `text` keeps every newline as in the file, so offsets stay exact."""

    name: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything known about the plan so far; each stage returns a new one.

    Tasks carry `UNSEALED_HASH` until the draft is sealed. `estimate_origins` says for each task with an
    estimate where it comes from.
    """

    drafter: Drafter
    title: str = ""
    sources: tuple[SourceText, ...] = ()
    features: tuple[Feature, ...] = ()
    tasks: tuple[Task, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    setup: tuple[PlanCommand, ...] = ()
    verify: tuple[PlanCommand, ...] = ()
    resources: dict[str, SharedResource] = field(default_factory=dict)
    codebase: CodebaseAnalysis | None = None
    max_concurrent: int | None = None
    branch: str | None = None
    estimate_origins: dict[str, EstimateOrigin] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    autonormalization: Autonormalization = field(default_factory=Autonormalization)
    findings: tuple[Finding, ...] = ()
    meta: TasksMeta | None = None
    """The head of an edited tasks.json: what nothing here says otherwise stays as it is there."""

    def source_documents(self) -> tuple[SourceDocument, ...]:
        """Return the sources as tasks.json names them."""
        return tuple(SourceDocument(document=source.name, sha256=source.sha256) for source in self.sources)
