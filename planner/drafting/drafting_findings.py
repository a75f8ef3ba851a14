"""What the author should know about a draft: no executor, options without effect, limits of the survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.codebase.survey import Survey
from planner.drafting.task_record import executor_is_named
from planner.drafting.task_seed import TaskSeed
from planner.drafting.task_sizes import unusable_estimate
from schemas.dag import Finding

NEEDS_AN_EXECUTOR = ("env_pass", "network", "timeout_minutes")


def survey_findings(survey: Survey) -> Iterator[Finding]:
    """Yield what the survey could not look at, and that nothing verifies the codebase."""
    for message in survey.warnings:
        yield Finding(rule="survey", severity="warning", message=message)
    if survey.skipped:
        shown = "; ".join(survey.skipped[:5])
        message = f"{len(survey.skipped)} files of the codebase were left out: {shown}"
        yield Finding(rule="survey", severity="warning", message=message)


def executor_findings(seeds: Sequence[TaskSeed], ids: Sequence[str]) -> Iterator[Finding]:
    """Yield for each task without script or patch that somebody has to do it."""
    for seed, task in zip(seeds, ids, strict=True):
        if executor_is_named(seed):
            continue
        message = "no executor: add a `sh run` or `diff apply` fence, or do it by hand (--executor manual)"
        yield _finding("no-executor", message, seed, task)
        for key in NEEDS_AN_EXECUTOR:
            if key in seed.given.lines:
                yield _finding(
                    "no-effect", f"`{key}` has no effect without a fence that acts", seed, task, key
                )


def estimate_findings(seeds: Sequence[TaskSeed], ids: Sequence[str]) -> Iterator[Finding]:
    """Yield for each task whose stated estimate contradicts itself that it was left out."""
    for seed, task in zip(seeds, ids, strict=True):
        stated = unusable_estimate(seed)
        if stated is not None:
            message = f"the estimate {stated!r} was left out: write optimistic/likely/pessimistic, rising"
            yield _finding("unclear-estimate", message, seed, task)


def _finding(rule: str, message: str, seed: TaskSeed, task: str, key: str | None = None) -> Finding:
    line = seed.given.lines.get(key, seed.line) if key else seed.line
    return Finding(
        rule=rule,
        severity="warning",
        message=message,
        task=task,
        file=seed.document.source.name,
        line=line,
    )
