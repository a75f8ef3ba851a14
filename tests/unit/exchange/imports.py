"""Imports for tests: from a text to a plan, over a codebase that is only described."""

from __future__ import annotations

from pathlib import PurePosixPath

from planner.codebase.survey import Survey
from planner.draft import Draft
from planner.exchange.plan_import import draft_from_import, form_of
from planner.intake.secret_redaction import REDACTED
from planner.intake.source_document import read_source_bytes
from planner.make_plan import make_plan
from schemas.evidence import SourceEvidence
from schemas.plan import Plan
from schemas.settings import PlanSettings, Settings
from schemas.tasks import DependencyEvidence, PlanCommand
from tests.unit.making_plans.drafts import TIMESTAMP

QUICK = Settings(plan=PlanSettings(forecast_draws=5))
VERIFY = PlanCommand(script="make test", origin="survey", source="Makefile: target test")
FILES = frozenset(("src/a.py", "src/b.py"))


def imported(text: str, name: str = "plan.txt", form: str | None = None) -> Draft:
    """Return the draft of a file with this text."""
    source = read_source_bytes(text.encode(), name)
    folders = frozenset(str(folder) for path in FILES for folder in PurePosixPath(path).parents)
    survey = Survey(root=".", files=FILES, folders=folders, verify=(VERIFY,))
    return draft_from_import(source, form or form_of(source), survey, QUICK.plan, None)


def plan_of(draft: Draft) -> Plan:
    """Return the plan of a draft, quickly."""
    return make_plan(draft, QUICK, TIMESTAMP)


def quotes(draft: Draft) -> list[SourceEvidence | DependencyEvidence]:
    """Return everything that a draft quotes."""
    return [
        *(item for feature in draft.features for item in feature.source_evidence),
        *(item for task in draft.tasks for item in task.source_evidence),
        *(statement.source_evidence for statement in draft.statements),
        *(item for edge in draft.dependencies for item in edge.evidence),
    ]


def assert_quoted(draft: Draft) -> None:
    """Check that every quote stands in the one file exactly where it says, but for secrets."""
    (source,) = draft.sources
    assert all(task.source_evidence for task in draft.tasks)
    for item in quotes(draft):
        assert item.loc is not None
        quoted = source.text[item.loc.start : item.loc.end]
        assert item.quote == quoted or REDACTED in (item.quote or "")
        assert item.startLine == source.text.count("\n", 0, item.loc.start) + 1
