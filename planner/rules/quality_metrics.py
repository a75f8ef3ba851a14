"""The quality metrics of seed 001: outside their range they warn, they never reject."""

from __future__ import annotations

from collections import Counter

from planner.plan_demands import capacities, demands
from planner.rules.action_verbs import begins_with_verb
from planner.rules.rule import Breach
from schemas.features import FeaturesFile
from schemas.plan import DAG_FILE, Plan
from schemas.tasks import TasksFile

DENSITY_RANGE = (0.05, 0.5)
VERB_FIRST_SHARE = 0.8
EVIDENCE_SHARE = 0.95


def verb_first_share(tasks: TasksFile) -> float:
    """Return the share (0 to 1) of titles that begin with a verb; 1 for no tasks."""
    return _share([begins_with_verb(task.title) for task in tasks.tasks])


def evidence_share(features: FeaturesFile, tasks: TasksFile) -> float:
    """Return the share (0 to 1) of features, tasks and dependencies that have evidence; 1 for none."""
    return _share(
        [bool(feature.source_evidence) for feature in features.features]
        + [bool(task.source_evidence) for task in tasks.tasks]
        + [bool(dependency.evidence) for dependency in tasks.dependencies]
    )


def edge_density(plan: Plan) -> list[Breach]:
    """Edge density outside 0.05 to 0.5; a plan of one task has none."""
    density = plan.dag.metrics.edgeDensity
    if plan.dag.metrics.nodes <= 1 or DENSITY_RANGE[0] <= density <= DENSITY_RANGE[1]:
        return []
    side = (
        "few dependencies: is one missing"
        if density < DENSITY_RANGE[0]
        else "many dependencies: are all real"
    )
    message = f"the edge density is {density:.3f}, outside 0.05 to 0.5; the tasks have {side}?"
    return [Breach(message, "/metrics/edgeDensity", file=DAG_FILE)]


def verb_first(plan: Plan) -> list[Breach]:
    """Less than 80 % of the titles begin with a verb."""
    share = verb_first_share(plan.tasks)
    if share >= VERB_FIRST_SHARE:
        return []
    example = next(task for task in plan.tasks.tasks if not begins_with_verb(task.title))
    message = (
        f"{share:.0%} of the titles begin with a verb; say what is to be done, not as in {example.title!r}"
    )
    return [Breach(message, "/tasks", example.id)]


def evidence_coverage(plan: Plan) -> list[Breach]:
    """Less than 95 % of features, tasks and dependencies have evidence."""
    share = evidence_share(plan.features, plan.tasks)
    if share >= EVIDENCE_SHARE:
        return []
    message = (
        f"{share:.0%} of features, tasks and dependencies have evidence; quote the source for the others"
    )
    return [Breach(message)]


def conflicts_settled(plan: Plan) -> list[Breach]:
    """A resource that tasks cannot all have at once, without a resolution."""
    known = capacities(plan.tasks)
    wanted: Counter[str] = Counter()
    users: Counter[str] = Counter()
    for task in plan.tasks.tasks:
        needs = task.resource_requirements.estimated
        named = {*needs.exclusive_resources, *needs.shared_resources}
        wanted.update({name: units for name, units in demands(task).items() if name in named})
        users.update(named)
    return [
        Breach(
            f"tasks need {units} of {name} in sum and there are {known.get(name, 1)}; "
            "add its resolution to resource_conflicts",
            "/resource_conflicts",
        )
        for name, units in sorted(wanted.items())
        if users[name] > 1 and units > known.get(name, 1) and name not in plan.tasks.resource_conflicts
    ]


def _share(answers: list[bool]) -> float:
    return sum(answers) / len(answers) if answers else 1.0
