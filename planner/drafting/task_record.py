"""Make the record of a task from what its document says, with a named default for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.draft import UNSEALED_HASH, EstimateOrigin
from planner.drafting.task_scopes import TaskScope
from planner.drafting.task_seed import TaskSeed
from planner.drafting.task_sizes import TaskSize
from planner.drafting.task_words import category_in, priority_in
from planner.intake.secret_redaction import redact
from schemas.acceptance_checks import AcceptanceCheck, CommandCheck, CommandExpectation
from schemas.task_execution import TaskExecution
from schemas.task_guidance import Boundaries, DefinitionOfDone, ExecutionGuidance, LoggingGuidance, Scope
from schemas.tasks import EstimatedNeeds, Origin, PlanCommand, ResourceRequirements, SchedulingHints, Task

LOGGING = LoggingGuidance(
    on_start="Log the task's id and title, the attempt and the commit it starts from",
    on_progress="Log each completed step, and what is left; print TASKS_PROGRESS <percent> <step>",
    on_completion="Log the files changed, the checks run with their results, and what was left out and why",
    log_format="One line of text for each entry: <UTC time> <task id> <level> <message>",
)
DEFAULT_CRITERION = "All acceptance checks pass"
DEFAULT_STOP = (
    "Stop when the criteria are met and every acceptance check passes; leave other improvements alone"
)
MAX_RETRIES = 2


@dataclass(frozen=True, slots=True)
class TaskPlacement:
    """What the plan decides about a task: its id, its feature, its resources and the plan's commands."""

    id: str
    feature_id: str
    exclusive: tuple[str, ...]
    shared: dict[str, int]
    verify: tuple[PlanCommand, ...]


def task_record(seed: TaskSeed, placement: TaskPlacement, size: TaskSize, scope: TaskScope) -> Task:
    """Return the task; `origin` says for each field that could be a default where it comes from."""
    prose = seed.prose()
    options = seed.options
    priority = options.priority or priority_in(prose)
    category = category_in(seed.headline.title)
    checks, checks_origin = _checks(seed, placement.verify)
    criteria = tuple(dict.fromkeys((*options.done, *seed.criteria)))
    origin: dict[str, Origin] = {
        "title": "document",
        "description": "document",
        "category": "document" if category else "default",
        "expected_complexity": size.complexity_origin,
        "definition_of_done": "document" if criteria else "default",
        "stop_when": "document" if options.stop_when else "default",
        "scope": scope.origin,
        "logging": "default",
        "duration": _origin_of_estimate(size.duration_origin),
        "priority": "document" if priority else "default",
    }
    if checks_origin is not None:
        origin["acceptance_checks"] = checks_origin
    return Task(
        id=placement.id,
        feature_id=placement.feature_id,
        title=redact(seed.headline.title)[0],
        description=_description(seed),
        category=category or "implementation",
        boundaries=_boundaries(seed, size, scope, criteria),
        execution_guidance=ExecutionGuidance(logging=LOGGING),
        resource_requirements=_needs(seed, placement),
        scheduling_hints=SchedulingHints(
            priority=priority or "medium",
            preemptible=bool(options.preemptible),
            retry_on_failure=options.max_retries != 0,
            max_retries=MAX_RETRIES if options.max_retries is None else options.max_retries,
            can_pause_resume=False,
            checkpoint_capable=True,
        ),
        duration=size.duration,
        durationUnits="hours",
        acceptance_checks=checks,
        source_evidence=seed.evidence(),
        contentHash=UNSEALED_HASH,
        origin=origin,
        **_additions(seed, scope),
    )


def executor_is_named(seed: TaskSeed) -> bool:
    """Return whether the document says who develops a task: a script, a patch, a person, or nobody."""
    scripts = seed.scripts("run") or seed.scripts("apply")
    return bool(scripts or seed.options.executor or seed.options.changes == "none")


def _origin_of_estimate(origin: EstimateOrigin) -> Origin:
    return "default" if origin == "sizing_rule" else origin


def _description(seed: TaskSeed) -> str:
    """Return what the document says about the task below its headline, as it is written there."""
    own = [
        block.text.strip()
        for block in seed.texts()
        if block.kind in ("paragraph", "item") and block.checked is None and block.text.strip()
    ]
    text = seed.description or "\n\n".join(own) or seed.headline.title
    return redact(text)[0]


def _boundaries(seed: TaskSeed, size: TaskSize, scope: TaskScope, criteria: tuple[str, ...]) -> Boundaries:
    shown = tuple(redact(criterion)[0] for criterion in criteria) or (DEFAULT_CRITERION,)
    stop_when = redact(seed.options.stop_when)[0] if seed.options.stop_when else DEFAULT_STOP
    return Boundaries(
        expected_complexity=size.complexity,
        definition_of_done=DefinitionOfDone(criteria=shown, stop_when=stop_when),
        scope=Scope.model_validate(
            {"includes": scope.includes, "excludes": seed.options.excludes}
            | ({"allows_tests": True} if scope.allows_tests else {})
        ),
    )


def _needs(seed: TaskSeed, placement: TaskPlacement) -> ResourceRequirements:
    needs = EstimatedNeeds(exclusive_resources=placement.exclusive, shared_resources=placement.shared)
    return ResourceRequirements(
        estimated=needs, worker_capabilities_required=tuple(dict.fromkeys(seed.options.capabilities))
    )


def _checks(
    seed: TaskSeed, verify: tuple[PlanCommand, ...]
) -> tuple[tuple[AcceptanceCheck, ...], Origin | None]:
    """Return the task's own checks, else the plan's verify commands; without either there is none."""
    own = [(fence.text.strip("\n"), "document") for fence in seed.scripts("check")]
    if own:
        return tuple(_check(script, "document") for script, _ in own), "document"
    checks = tuple(_check(command.script, command.origin) for command in verify)
    return checks, verify[0].origin if verify else None


def _check(script: str, origin: Origin) -> CommandCheck:
    return CommandCheck(type="command", cmd=script, expect=CommandExpectation(exitCode=0), origin=origin)


def _additions(seed: TaskSeed, scope: TaskScope) -> dict[str, Any]:
    """Return the additions to v3 that the document gives: what it does not say stays absent."""
    options = seed.options
    given: dict[str, Any] = {
        "execution": _execution(seed),
        "file_scope": scope.files,
        "reviewer": options.reviewer,
        "expect_red_before": options.expect_red_before,
        "optional": options.optional,
        "changes": options.changes,
        "phase": redact(seed.listed.phase)[0] if seed.listed is not None and seed.listed.phase else None,
        "story": seed.listed.story if seed.listed is not None else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _execution(seed: TaskSeed) -> TaskExecution | None:
    options = seed.options
    what: dict[str, Any]
    if seed.scripts("run"):
        what = {"executor": "command", "script": _joined(seed, "run")}
    elif seed.scripts("apply"):
        what = {"executor": "patch", "patch": _joined(seed, "apply")}
    elif options.executor is not None:
        what = {"executor": options.executor}
    elif options.changes == "none":
        what = {"executor": "noop"}
    else:
        return None
    if options.env_pass:
        what["env_pass"] = options.env_pass
    if options.network is not None:
        what["network"] = options.network
    if options.timeout_minutes is not None:
        what["timeout_minutes"] = options.timeout_minutes
    return TaskExecution(**what)


def _joined(seed: TaskSeed, action: str) -> str:
    return "".join(fence.text for fence in seed.fences if fence.action == action)
