"""A plan in one document with `---file:NAME` fences, as seed 001 prints it and models answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from planner.draft import SourceText
from planner.exchange.edited_plan import EditedPlan, edited_plan
from planner.exchange.file_fences import FencedFile, read_file_fences
from planner.storage.artifact_text import parse_artifact
from planner.storage.plan_folder import described
from schemas.dag import DagFile, Finding
from schemas.errors import InvalidArguments, PlanValidationFailed
from schemas.features import FeaturesFile
from schemas.plan import ARTIFACTS, DAG_FILE, FEATURES_FILE, TASKS_FILE
from schemas.record import Record
from schemas.tasks import TasksFile

# Hashes are computed again in any case, and no model can compute one: what stands for them does not matter.
HASH = re.compile(r'("contentHash"\s*:\s*)"[^"\\\n]*"')
NO_HASH = "0" * 64
Artifact = TypeVar("Artifact", bound=Record)


def read_fenced_plan(source: SourceText) -> EditedPlan:
    """Return the draft of a plan in one document; whatever else it holds is checked and computed again.

    Raises:
        InvalidArguments: a fence names no file of a plan, or one twice.
        PlanValidationFailed: a file is missing or does not fit its schema; with the line in the document.
    """
    try:
        files = read_file_fences(source.text)
    except InvalidArguments as error:
        raise InvalidArguments(f"{source.name}: {error.message}", hint=error.hint) from error
    records: dict[str, Record] = {}
    wrong = [f"there is no ---file:{name}" for name in (FEATURES_FILE, TASKS_FILE) if name not in files]
    for name, model in ARTIFACTS.items():
        if name in files:
            text = HASH.sub(rf'\g<1>"{NO_HASH}"', files[name].text)
            parsed = parse_artifact(name, text, model)
            if isinstance(parsed, Record):
                records[name] = parsed
            else:
                wrong += [_described(source, name, files[name], finding) for finding in parsed]
    if wrong:
        listed = "\n".join(f"  {line}" for line in wrong)
        raise PlanValidationFailed(
            f"the plan in {source.name} cannot be read:\n{listed}",
            hint="mend the document as said; a plan begins with features.json and tasks.json",
        )
    dag = _record(records, DAG_FILE, DagFile) if DAG_FILE in records else None
    read = edited_plan(
        _record(records, FEATURES_FILE, FeaturesFile), _record(records, TASKS_FILE, TasksFile), dag
    )
    return _with_doubt(source, read)


def _record(records: dict[str, Record], name: str, model: type[Artifact]) -> Artifact:
    record = records[name]
    if not isinstance(record, model):
        raise TypeError(f"{name} was read as {type(record).__name__}")
    return record


def _described(source: SourceText, name: str, file: FencedFile, finding: Finding) -> str:
    line = file.line + finding.line - 1 if finding.line is not None else file.line
    message = f"{name}: {finding.message}"
    return described(finding.model_copy(update={"file": source.name, "line": line, "message": message}))


def _with_doubt(source: SourceText, read: EditedPlan) -> EditedPlan:
    """Return the plan with a warning for each document that it quotes: nobody has looked there."""
    quoted = [item for feature in read.draft.features for item in feature.source_evidence]
    quoted += [item for task in read.draft.tasks for item in task.source_evidence]
    documents = {item.document or "a document without a name" for item in quoted}
    doubts = tuple(
        Finding(
            rule="quotes-not-checked",
            severity="warning",
            message=f"the quotes of {name} are as this document gives them: {name} itself was not read",
            file=source.name,
        )
        for name in sorted(documents)
    )
    known = {finding.message for finding in doubts}
    kept = tuple(finding for finding in read.draft.findings if finding.message not in known)
    return replace(read, draft=replace(read.draft, findings=(*kept, *doubts)))
