"""Phase 6: the dependency graph, its metrics and what is not in it (dag.json, seed 001)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from planner.draft import EstimateOrigin
from planner.graph.cycles import find_cycle
from planner.graph.exact_width import exact_width
from planner.graph.kahn_layers import layer_widths
from planner.graph.longest_path import stage_count
from planner.graph.precedence_graph import PrecedenceGraph
from planner.graph.topological_order import topological_order
from planner.graph.transitive_reduction import transitive_reduction
from planner.plan_demands import edges, is_edge, precedence_graph
from planner.rules.quality_metrics import evidence_share, verb_first_share
from planner.stages.artifact_seal import unsealed
from planner.stages.resource_impacts import ResourceImpact
from schemas.dag import CycleBreak, DagFile, DagMetrics, Finding, UnusedDependency
from schemas.features import FeaturesFile
from schemas.tasks import PRECEDENCE_TYPES, Dependency, DependencyType, Task, TasksFile

SAMPLE_OF_EDGES = 50
WIDTH_METHOD = "kahn_layer_max"


def dag_file(
    features: FeaturesFile,
    tasks: TasksFile,
    impacts: Sequence[ResourceImpact],
    estimate_origins: Mapping[str, EstimateOrigin],
    findings: Iterable[Finding],
) -> DagFile:
    """Return dag.json, not sealed; order, width and longest path of a graph with a cycle are absent or 0."""
    graph = precedence_graph(tasks)
    is_acyclic = not find_cycle(graph)
    warned = tuple(findings)
    errors = tuple(finding for finding in warned if finding.severity == "error")
    return DagFile(
        ok=not errors,
        errors=errors,
        warnings=tuple(finding for finding in warned if finding.severity != "error"),
        generated=unsealed(tasks.generated.timestamp),
        metrics=_metrics(features, tasks, graph, impacts, estimate_origins),
        topo_order=tuple(graph.names(topological_order(graph))) if is_acyclic else (),
        reduced_edges_sample=_reduced(graph)[:SAMPLE_OF_EDGES] if is_acyclic else (),
        resource_bottlenecks=tuple(found for item in impacts if (found := item.bottleneck()) is not None),
        softDeps=tuple(_unused(item) for item in _unused_precedence(tasks) if not item.isHard),
        lowConfidenceDeps=tuple(_unused(item) for item in _unused_precedence(tasks) if item.isHard),
        cycle_break_suggestions=() if is_acyclic else _suggestions(tasks),
    )


def _metrics(
    features: FeaturesFile,
    tasks: TasksFile,
    graph: PrecedenceGraph,
    impacts: Sequence[ResourceImpact],
    estimate_origins: Mapping[str, EstimateOrigin],
) -> DagMetrics:
    least = tasks.meta.min_confidence
    kept = Counter(item.type for item in tasks.dependencies if _is_kept(item, least))
    dropped = Counter(item.type for item in tasks.dependencies if not _is_kept(item, least))
    count, nodes = sum(kept.values()), len(tasks.tasks)
    joined = {end for item in tasks.dependencies if _is_kept(item, least) for end in (item.from_, item.to)}
    is_acyclic = not find_cycle(graph)
    exact = {"widthExact": exact_width(graph)} if is_acyclic else {}
    return DagMetrics(
        minConfidenceApplied=least,
        keptByType=_by_type(kept),
        droppedByType=_by_type(dropped),
        nodes=nodes,
        edges=count,
        edgeDensity=round(count / (nodes * (nodes - 1)), 4) if nodes > 1 else 0.0,
        widthApprox=max(layer_widths(graph), default=0) if is_acyclic else 0,
        widthMethod=WIDTH_METHOD,
        **exact,
        longestPath=stage_count(graph) if is_acyclic else 0,
        isolatedTasks=sum(task.id not in joined for task in tasks.tasks),
        lowConfidenceEdgesExcluded=sum(item.confidence < least for item in tasks.dependencies),
        verbFirstPct=round(verb_first_share(tasks), 4),
        meceOverlapSuspects=len(_overlap_suspects(tasks.tasks)),
        mutualExclusionEdges=kept["mutual_exclusion"],
        resourceConstrainedTasks=len({user for impact in impacts for user in impact.users}),
        resourceUtilization={impact.name: impact.use() for impact in impacts},
        estimatesBySizingRulePct=_share(
            estimate_origins.get(task.id) == "sizing_rule"
            for task in tasks.tasks
            if task.duration is not None
        ),
        evidenceCoveragePct=round(evidence_share(features, tasks), 4),
    )


def _is_kept(dependency: Dependency, least: float) -> bool:
    """Return whether a dependency counts: as an edge, or as the record of a resource that two tasks share."""
    if dependency.type in PRECEDENCE_TYPES:
        return is_edge(dependency, least)
    return dependency.isHard and dependency.confidence >= least


def _by_type(counts: Mapping[DependencyType, int]) -> dict[DependencyType, int]:
    return {kind: counts[kind] for kind in sorted(counts)}


def _overlap_suspects(tasks: Sequence[Task]) -> set[str]:
    """Return the tasks that share a title, or the name of a file to change, with another one."""
    sharers: dict[str, set[str]] = {}
    for task in tasks:
        named = {" ".join(task.title.lower().split())}
        if task.file_scope is not None:
            named |= {path for path in (*task.file_scope.modify, *task.file_scope.create) if "*" not in path}
        for name in named:
            sharers.setdefault(name, set()).add(task.id)
    return {task for together in sharers.values() if len(together) > 1 for task in together}


def _reduced(graph: PrecedenceGraph) -> tuple[tuple[str, str], ...]:
    return tuple((before, after) for before, after in transitive_reduction(graph).edges())


def _unused_precedence(tasks: TasksFile) -> list[Dependency]:
    least = tasks.meta.min_confidence
    return [item for item in tasks.dependencies if item.type in PRECEDENCE_TYPES and not is_edge(item, least)]


def _unused(item: Dependency) -> UnusedDependency:
    return UnusedDependency(
        from_=item.from_,
        to=item.to,
        type=item.type,
        reason=item.reason,
        confidence=item.confidence,
        isHard=item.isHard,
    )


def _suggestions(tasks: TasksFile) -> tuple[CycleBreak, ...]:
    # networkx takes half a second to import, and only a plan that is rejected needs it.
    from planner.graph.cycle_report import (  # noqa: PLC0415 - as said above
        DoubtfulEdge,
        cycle_break_suggestions,
    )

    known = {task.id for task in tasks.tasks}
    doubtful = [
        DoubtfulEdge(item.from_, item.to, item.confidence, item.isHard)
        for item in edges(tasks)
        if item.from_ in known and item.to in known
    ]
    return tuple(
        CycleBreak(cycle=found.cycle, from_=found.before, to=found.after, reason=found.reason)
        for found in cycle_break_suggestions(doubtful)
    )


def _share(answers: Iterable[bool]) -> float | None:
    """Return the share of answers that are yes, or `None` where there is nothing to ask."""
    counted = list(answers)
    return round(sum(counted) / len(counted), 4) if counted else None
