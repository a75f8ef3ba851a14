"""Rules that hold a plan together: names that resolve, hashes that match, demands that can be met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from planner.plan_demands import can_be_scheduled, capacities, demands, predecessors
from planner.rules.rule import Breach
from schemas.acceptance_checks import ArtifactCheck, MetricCheck
from schemas.canonical_json import content_hash
from schemas.coordinator import CoordinatorFile
from schemas.dag import DagFile
from schemas.evidence import SourceEvidence
from schemas.features import FeaturesFile
from schemas.identifiers import check_identifier
from schemas.plan import (
    COORDINATOR_FILE,
    DAG_FILE,
    FEATURES_FILE,
    TASKS_FILE,
    WAVES_FILE,
    Plan,
    plan_id,
    tasks_hashes,
)
from schemas.tasks import Task, TasksFile
from schemas.waves import WavesFile

GeneratedFile = FeaturesFile | TasksFile | DagFile | WavesFile | CoordinatorFile


def ids_unique(plan: Plan) -> list[Breach]:
    """Two features, statements or tasks with one id."""
    statements = plan.features.statements or ()
    return [
        *_twice((feature.id for feature in plan.features.features), FEATURES_FILE, "features"),
        *_twice((statement.id for statement in statements), FEATURES_FILE, "statements"),
        *_twice((task.id for task in plan.tasks.tasks), TASKS_FILE, "tasks"),
    ]


def ids_safe(plan: Plan) -> list[Breach]:
    """An id that cannot be a part of a ref or a path, or differs from another only by case."""
    breaches: list[Breach] = []
    seen: dict[str, str] = {}
    for number, task in enumerate(plan.tasks.tasks):
        pointer = f"/tasks/{number}/id"
        try:
            check_identifier(task.id)
        except ValueError as error:
            breaches.append(Breach(f"{error}; rename the task", pointer, task.id))
        other = seen.setdefault(task.id.casefold(), task.id)
        if other != task.id:
            message = f"the ids {other} and {task.id} are one folder on some file systems; rename one of them"
            breaches.append(Breach(message, pointer, task.id))
    return breaches


def references_resolve(plan: Plan) -> list[Breach]:
    """A name of a feature, a task or a resource that is defined nowhere."""
    features = {feature.id for feature in plan.features.features}
    tasks = {task.id for task in plan.tasks.tasks}
    analysis = plan.tasks.meta.codebase_analysis
    resources = set(analysis.shared_resources) if analysis is not None else set[str]()
    breaches: list[Breach] = []
    for number, task in enumerate(plan.tasks.tasks):
        if task.feature_id not in features:
            message = (
                f"{task.id} belongs to the feature {task.feature_id!r}, which features.json does not have"
            )
            breaches.append(Breach(f"{message}; correct it", f"/tasks/{number}/feature_id", task.id))
        breaches.extend(_unknown_resources(number, task, resources))
        breaches.extend(
            Breach(
                f"{task.id} avoids the task {other!r}, which does not exist; take it out",
                f"/tasks/{number}/scheduling_hints/avoid_concurrent_with",
                task.id,
            )
            for other in task.scheduling_hints.avoid_concurrent_with
            if other not in tasks
        )
    breaches.extend(_unknown_ends(plan, tasks, resources))
    breaches.extend(_unknown_owners(plan, tasks))
    breaches.extend(
        Breach(
            f"the conflict over {name} names the task {other!r}, which does not exist; take it out",
            f"/resource_conflicts/{name}/tasks",
        )
        for name, conflict in plan.tasks.resource_conflicts.items()
        for other in conflict.tasks
        if other not in tasks
    )
    return breaches


def paths_inside(plan: Plan) -> list[Breach]:
    """A check or a scope of files outside of the repository."""
    return [
        Breach(
            f"{task.id} names the path {path!r}; name one inside the repository, relative to its root",
            f"/tasks/{number}/{pointer}",
            task.id,
        )
        for number, task in enumerate(plan.tasks.tasks)
        for pointer, path in _paths_of(task)
        if path.startswith("/") or "\0" in path or ".." in path.split("/")
    ]


def statements_answered(plan: Plan) -> list[Breach]:
    """A statement of the documents that is neither answered by a task nor listed with why not."""
    return [
        Breach(
            f"the statement {statement.id} has {what}; name its tasks, or say in `uncovered` why not",
            f"/statements/{number}",
            file=FEATURES_FILE,
        )
        for number, statement in enumerate(plan.features.statements or ())
        if bool(statement.tasks) == bool(statement.uncovered)
        for what in ("tasks and a reason to have none" if statement.tasks else "neither tasks nor a reason",)
    ]


def durations_ordered(plan: Plan) -> list[Breach]:
    """An estimate whose three points are not in order."""
    return [
        Breach(
            f"the estimate of {task.id} is not in order: write optimistic <= mostLikely <= pessimistic",
            f"/tasks/{number}/duration",
            task.id,
        )
        for number, task in enumerate(plan.tasks.tasks)
        if task.duration is not None
        and not task.duration.optimistic <= task.duration.mostLikely <= task.duration.pessimistic
    ]


def evidence_located(plan: Plan) -> list[Breach]:
    """A quote that cannot stand at the place it names."""
    features = [
        (FEATURES_FILE, f"/features/{number}", feature.id, None, feature.source_evidence)
        for number, feature in enumerate(plan.features.features)
    ]
    statements = [
        (FEATURES_FILE, f"/statements/{number}", item.id, None, (item.source_evidence,))
        for number, item in enumerate(plan.features.statements or ())
    ]
    tasks = [
        (TASKS_FILE, f"/tasks/{number}", task.id, task.id, task.source_evidence)
        for number, task in enumerate(plan.tasks.tasks)
    ]
    return [
        Breach(
            f"a quote of {name} is not as long as the place it names; quote the source as it stands there",
            f"{pointer}/source_evidence/{index}",
            task,
            file,
        )
        for file, pointer, name, task, evidence in (*features, *statements, *tasks)
        for index, item in enumerate(evidence)
        if not _is_located(item)
    ]


def resources_fit(plan: Plan) -> list[Breach]:
    """A task that needs more of a resource than there is: it could never start."""
    known = capacities(plan.tasks)
    return [
        Breach(
            f"{task.id} needs {units} of {name}, and there are {known[name]}; "
            "lower the need or raise the capacity",
            f"/tasks/{number}/resource_requirements",
            task.id,
        )
        for number, task in enumerate(plan.tasks.tasks)
        for name, units in demands(task).items()
        if name in known and units > known[name]
    ]


def hashes_match(plan: Plan) -> list[Breach]:
    """A file or a task that was changed after its content hash was written."""
    changed = (
        "was changed after the plan was checked; undo the change, "
        "or compute what follows from it: tasks plan --from-plan DIR"
    )
    of_tasks_file, of_tasks = tasks_hashes(plan.tasks)
    breaches = [
        Breach(f"{task.id} {changed}", f"/tasks/{number}/contentHash", task.id)
        for number, (task, found) in enumerate(zip(plan.tasks.tasks, of_tasks, strict=True))
        if found != task.contentHash
    ]
    for name, record in _files(plan):
        if record.generated is None:
            continue
        found = of_tasks_file if name == TASKS_FILE else content_hash(record.as_json())
        if found != record.generated.contentHash:
            breaches.append(Breach(f"{name} {changed}", "/generated/contentHash", file=name))
    expected = plan_id(plan.tasks.generated.contentHash)
    if plan.waves.planId != expected:
        message = f"waves.json belongs to {plan.waves.planId}, tasks.json is {expected}; make the plan again"
        breaches.append(Breach(message, "/planId", file=WAVES_FILE))
    return breaches


def artifacts_agree(plan: Plan) -> list[Breach]:
    """An order or waves that do not hold every task once, or break a dependency."""
    if not can_be_scheduled(plan.tasks):
        return []  # other rules say why

    advice = "make the plan again"
    ids = Counter(task.id for task in plan.tasks.tasks)
    breaches: list[Breach] = []
    if Counter(plan.dag.topo_order) != ids:
        breaches.append(
            Breach(f"the order does not hold each task once; {advice}", "/topo_order", file=DAG_FILE)
        )
    waves = plan.waves.execution_models.wave_based.waves
    if Counter(task for wave in waves for task in wave.tasks) != ids:
        where = "/execution_models/wave_based/waves"
        breaches.append(Breach(f"the waves do not hold each task once; {advice}", where, file=WAVES_FILE))
    places = {task: place for place, task in enumerate(plan.dag.topo_order)}
    numbers = {task: wave.waveNumber for wave in waves for task in wave.tasks}
    for kind, order, file in (("order", places, DAG_FILE), ("waves", numbers, WAVES_FILE)):
        breaches.extend(_out_of_order(plan, kind, order, file))
    return breaches


def _paths_of(task: Task) -> Iterator[tuple[str, str]]:
    for index, check in enumerate(task.acceptance_checks):
        if isinstance(check, ArtifactCheck):
            yield f"acceptance_checks/{index}/path", check.path
        elif isinstance(check, MetricCheck) and check.report is not None:
            yield f"acceptance_checks/{index}/report", check.report
    if task.file_scope is not None:
        for kind in ("read", "modify", "create"):
            globs: tuple[str, ...] = getattr(task.file_scope, kind)
            yield from ((f"file_scope/{kind}/{index}", glob) for index, glob in enumerate(globs))


def _is_located(evidence: SourceEvidence) -> bool:
    length = evidence.loc.end - evidence.loc.start
    fits = evidence.redacted or length == len(evidence.quote)
    return bool(fits) and evidence.startLine <= evidence.endLine


def _out_of_order(plan: Plan, kind: str, order: dict[str, int], file: str) -> Iterator[Breach]:
    for task, before in predecessors(plan.tasks).items():
        for earlier in before:
            if task in order and earlier in order and order[earlier] >= order[task]:
                message = f"the {kind} of the plan put {task} before {earlier}, which it needs"
                yield Breach(f"{message}; make the plan again", task=task, file=file)


def _twice(ids: Iterable[str], file: str, member: str) -> Iterator[Breach]:
    seen: set[str] = set()
    for number, identifier in enumerate(ids):
        if identifier in seen:
            message = f"the id {identifier} is used twice; rename one of the {member}"
            task = identifier if file == TASKS_FILE else None
            yield Breach(message, f"/{member}/{number}/id", task, file)
        seen.add(identifier)


def _unknown_resources(number: int, task: Task, known: set[str]) -> Iterator[Breach]:
    needs = task.resource_requirements.estimated
    for name in (*needs.exclusive_resources, *needs.shared_resources):
        if name not in known:
            message = f"{task.id} needs the resource {name!r}, which is declared nowhere; declare it"
            yield Breach(message, f"/tasks/{number}/resource_requirements/estimated", task.id)


def _unknown_ends(plan: Plan, tasks: set[str], resources: set[str]) -> Iterator[Breach]:
    for number, dependency in enumerate(plan.tasks.dependencies):
        for member, end in (("from", dependency.from_), ("to", dependency.to)):
            if end not in tasks:
                message = f"a dependency names the task {end!r}, which does not exist; correct it"
                yield Breach(message, f"/dependencies/{number}/{member}")
        if dependency.from_ == dependency.to:
            message = f"{dependency.to} depends on itself; take the dependency out"
            yield Breach(message, f"/dependencies/{number}", dependency.to)
        if dependency.shared_resource is not None and dependency.shared_resource not in resources:
            message = (
                f"a dependency names the resource {dependency.shared_resource!r}, which is declared nowhere"
            )
            yield Breach(f"{message}; declare it", f"/dependencies/{number}/shared_resource")


def _unknown_owners(plan: Plan, tasks: set[str]) -> Iterator[Breach]:
    for number, statement in enumerate(plan.features.statements or ()):
        for task in statement.tasks:
            if task not in tasks:
                message = f"the statement {statement.id} names the task {task!r}, which does not exist"
                yield Breach(f"{message}; correct it", f"/statements/{number}/tasks", file=FEATURES_FILE)


def _files(plan: Plan) -> tuple[tuple[str, GeneratedFile], ...]:
    return (
        (FEATURES_FILE, plan.features),
        (TASKS_FILE, plan.tasks),
        (DAG_FILE, plan.dag),
        (WAVES_FILE, plan.waves),
        (COORDINATOR_FILE, plan.coordinator),
    )
