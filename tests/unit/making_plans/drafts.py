"""Drafts for tests: small, but with everything a good plan has."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from planner.draft import UNSEALED_HASH, Draft, SourceText
from planner.make_plan import make_plan
from schemas.acceptance_checks import CommandCheck
from schemas.evidence import SourceEvidence, Span
from schemas.features import Feature
from schemas.plan import Plan
from schemas.settings import Settings
from schemas.task_execution import TaskExecution
from schemas.task_guidance import (
    Boundaries,
    DefinitionOfDone,
    ExecutionGuidance,
    ExpectedComplexity,
    LoggingGuidance,
    Scope,
)
from schemas.tasks import (
    CodebaseAnalysis,
    Dependency,
    DependencyEvidence,
    DependencyType,
    EstimatedNeeds,
    ResourceRequirements,
    SharedResource,
    Task,
    ThreePointEstimate,
)

TIMESTAMP = "2026-01-02T03:04:05Z"
TITLES = ("Write the parser", "Write the printer", "Connect parser and printer", "Document the program")
TEXT = "# Program\n\n" + "".join(f"- [ ] {title}\n" for title in TITLES)


def source() -> SourceText:
    return SourceText(name="spec.md", text=TEXT, sha256=hashlib.sha256(TEXT.encode()).hexdigest())


def evidence(quote: str) -> SourceEvidence:
    start = TEXT.index(quote)
    line = TEXT[:start].count("\n") + 1
    return SourceEvidence(
        quote=quote,
        loc=Span(start=start, end=start + len(quote)),
        section="Program",
        startLine=line,
        endLine=line,
        document="spec.md",
    )


def task(number: int, title: str, /, **changes: object) -> Task:
    """Return a good task, then changed; `title` is quoted from the source when it stands there."""
    made = Task(
        id=f"P1.T00{number}",
        feature_id="F001",
        title=title,
        description=title,
        category="implementation",
        boundaries=Boundaries(
            expected_complexity=ExpectedComplexity(value="~35 LoC"),
            definition_of_done=DefinitionOfDone(criteria=("the checks pass",), stop_when="the checks pass"),
            scope=Scope(includes=("**",)),
        ),
        execution_guidance=ExecutionGuidance(
            logging=LoggingGuidance(on_start="log", on_progress="log", on_completion="log", log_format="JSON")
        ),
        duration=ThreePointEstimate(optimistic=1, mostLikely=2, pessimistic=4),
        acceptance_checks=(CommandCheck(type="command", cmd="make test", origin="document"),),
        source_evidence=(evidence(title),) if title in TEXT else (),
        contentHash=UNSEALED_HASH,
        execution=TaskExecution(executor="command", script="make"),
    )
    return made.model_copy(update=changes)


def needing(**needs: object) -> ResourceRequirements:
    return ResourceRequirements(estimated=EstimatedNeeds.model_validate(needs))


def dependency(
    before: int,
    after: int,
    *,
    confidence: float = 1.0,
    is_hard: bool = True,
    kind: DependencyType = "technical",
) -> Dependency:
    return Dependency(
        from_=f"P1.T00{before}",
        to=f"P1.T00{after}",
        type=kind,
        reason="the document says so",
        evidence=(DependencyEvidence(type="doc", reason="named as `after`", confidence=confidence),),
        confidence=confidence,
        isHard=is_hard,
    )


def good_draft() -> Draft:
    """Return a draft of four tasks; the first two share an exclusive resource."""
    tasks = [task(number, title) for number, title in enumerate(TITLES, start=1)]
    tasks[:2] = [
        item.model_copy(update={"resource_requirements": needing(exclusive_resources=["grammar"])})
        for item in tasks[:2]
    ]
    return Draft(
        drafter="document",
        title="Program",
        sources=(source(),),
        features=(
            Feature(
                id="F001",
                title="Program",
                description="Program",
                priority="medium",
                source_evidence=(evidence("# Program"),),
            ),
        ),
        tasks=tuple(tasks),
        dependencies=(dependency(1, 3), dependency(2, 3), dependency(3, 4)),
        resources={"grammar": SharedResource(type="exclusive", reason="one file holds it")},
        codebase=CodebaseAnalysis(existing_apis=("Lexer",)),
        estimate_origins={item.id: "document" for item in tasks},
    )


def good_plan() -> Plan:
    return make_plan(good_draft(), Settings(), TIMESTAMP)


def draft_of(*tasks: Task, dependencies: tuple[Dependency, ...] = ()) -> Draft:
    """Return the good draft with other tasks and dependencies."""
    return replace(good_draft(), tasks=tasks, dependencies=dependencies)
