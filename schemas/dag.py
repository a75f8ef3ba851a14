"""dag.json: the dependency graph, its metrics and what is wrong with it (seed 001)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.features import Generated
from schemas.identifiers import Identifier, TaskId
from schemas.record import Count, NonNegative, Record, UnitInterval
from schemas.tasks import DependencyType


class Finding(Record):
    """Something wrong or doubtful in a plan: which rule says so, where, and what to do."""

    rule: str
    severity: str
    message: str
    task: str | None = None
    file: str | None = None
    pointer: str | None = None
    line: Annotated[int, Field(ge=1)] | None = None


class ResourceUse(Record):
    """How one shared resource shapes the plan; `serialization_impact` is measured, not guessed."""

    total_tasks: Count
    capacity: Count | None = None
    waves_required: Count
    serialization_impact: str | None = None
    utilization: str | None = None


class DagMetrics(Record):
    """Numbers computed from the graph; a type that is absent from a count stands for 0."""

    minConfidenceApplied: UnitInterval
    keptByType: dict[DependencyType, Count]
    droppedByType: dict[DependencyType, Count]
    nodes: Count
    edges: Count
    edgeDensity: NonNegative
    widthApprox: Count
    widthMethod: str
    widthExact: Count | None = None
    longestPath: Count
    isolatedTasks: Count
    lowConfidenceEdgesExcluded: Count
    verbFirstPct: UnitInterval | None = None
    meceOverlapSuspects: Count | None = None
    mutualExclusionEdges: Count
    resourceConstrainedTasks: Count
    resourceUtilization: dict[Identifier, ResourceUse] = {}
    estimatesBySizingRulePct: UnitInterval | None = None
    evidenceCoveragePct: UnitInterval | None = None


class ResourceBottleneck(Record):
    """A resource that makes the plan longer, and what could be done."""

    resource: Identifier
    impact: str
    affected_tasks: tuple[TaskId, ...]
    mitigation: str | None = None


class UnusedDependency(Record):
    """A dependency that is not an edge of the graph, since it is soft or not sure enough."""

    from_: Annotated[TaskId, Field(alias="from")]
    to: TaskId
    type: DependencyType
    reason: str
    confidence: UnitInterval
    isHard: bool | None = None


class CycleBreak(Record):
    """A dependency that would open a cycle when dropped."""

    cycle: tuple[TaskId, ...]
    from_: Annotated[TaskId, Field(alias="from")]
    to: TaskId
    reason: str


class DagFile(Record):
    """The whole of dag.json; `errors` and `warnings` hold findings or plain sentences."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    ok: bool
    errors: tuple[Finding | str, ...] = ()
    warnings: tuple[Finding | str, ...] = ()
    generated: Generated
    metrics: DagMetrics
    topo_order: tuple[TaskId, ...]
    reduced_edges_sample: tuple[tuple[TaskId, TaskId], ...] = ()
    resource_bottlenecks: tuple[ResourceBottleneck, ...] = ()
    softDeps: tuple[UnusedDependency, ...] = ()
    lowConfidenceDeps: tuple[UnusedDependency, ...] = ()
    cycle_break_suggestions: tuple[CycleBreak | str, ...] = ()
