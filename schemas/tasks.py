"""tasks.json: the tasks with boundaries, needs, checks and evidence, and their dependencies (seed 001)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.acceptance_checks import AcceptanceCheck
from schemas.evidence import SourceEvidence, Span
from schemas.features import Generated, PriorityName
from schemas.identifiers import ContentHash, Identifier, TaskId
from schemas.record import NonNegative, Record, UnitInterval
from schemas.task_execution import FileScope, TaskExecution, TaskReviewer
from schemas.task_guidance import Boundaries, ExecutionGuidance

# Eleven years of day and night: more is a slip, and sums of it are no numbers any more.
Hours = Annotated[float, Field(ge=0, le=100_000)]
ExecutionModel = Literal["wave_based", "rolling_frontier"]
DependencyType = Literal[
    "technical", "sequential", "infrastructure", "knowledge", "mutual_exclusion", "resource_limited"
]
PRECEDENCE_TYPES: tuple[DependencyType, ...] = ("technical", "sequential", "infrastructure", "knowledge")
Origin = Literal["default", "survey", "document", "model"]


class EstimatedNeeds(Record):
    """What a task needs for all of its time."""

    cpu_cores: NonNegative | None = None
    memory_mb: NonNegative | None = None
    disk_io_mbps: NonNegative | None = None
    exclusive_resources: tuple[Identifier, ...] = ()
    shared_resources: dict[Identifier, Annotated[int, Field(ge=1)]] = {}


class PeakNeeds(Record):
    """What a task needs for a moment."""

    cpu_cores: NonNegative | None = None
    memory_mb: NonNegative | None = None
    disk_io_mbps: NonNegative | None = None
    duration_seconds: NonNegative | None = None
    during: str = ""


class ResourceRequirements(Record):
    """The resources a task occupies and the capabilities its worker must have."""

    estimated: EstimatedNeeds = EstimatedNeeds()
    peak: PeakNeeds | None = None
    worker_capabilities_required: tuple[str, ...] = ()


class SchedulingHints(Record):
    """How the scheduler may treat a task."""

    priority: PriorityName = "medium"
    preemptible: bool = False
    retry_on_failure: bool = True
    max_retries: Annotated[int, Field(ge=0)] = 2
    preferred_time_window: str | None = None
    avoid_concurrent_with: tuple[TaskId, ...] = ()
    can_pause_resume: bool = False
    checkpoint_capable: bool = True


class ReusesExisting(Record):
    """Which components of the codebase a task builds on."""

    extends: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    rationale: str = ""


class NearestExisting(Record):
    """What the codebase has that is nearest to something new, and is not reused for it.

    `score` says how near: the share of its name's words that the task uses, the rare ones counting most.
    """

    name: str
    path: str
    line: Annotated[int, Field(ge=1)] | None = None
    score: UnitInterval


class ThreePointEstimate(Record):
    """An estimate by three points, in the unit named by `durationUnits`."""

    optimistic: Hours
    mostLikely: Hours
    pessimistic: Hours


class Task(Record):
    """One task: small enough for one worktree, one review and one landing."""

    id: TaskId
    feature_id: Identifier
    title: Annotated[str, Field(min_length=1)]
    description: str
    category: Literal["foundation", "implementation", "integration", "optimization"]
    boundaries: Boundaries | None = None
    execution_guidance: ExecutionGuidance | None = None
    resource_requirements: ResourceRequirements = ResourceRequirements()
    scheduling_hints: SchedulingHints = SchedulingHints()
    reuses_existing: ReusesExisting | None = None
    nearest_existing: NearestExisting | None = None
    skillsRequired: tuple[str, ...] = ()
    duration: ThreePointEstimate | None = None
    durationUnits: Literal["hours"] = "hours"
    interfaces_produced: tuple[str, ...] = ()
    interfaces_consumed: tuple[str, ...] = ()
    acceptance_checks: tuple[AcceptanceCheck, ...] = ()
    source_evidence: tuple[SourceEvidence, ...] = ()
    contentHash: ContentHash
    execution: TaskExecution | None = None
    reviewer: TaskReviewer | None = None
    file_scope: FileScope | None = None
    persona: str | None = None
    risk: str | None = None
    phase: str | None = None
    story: str | None = None
    expect_red_before: bool | None = None
    optional: bool | None = None
    changes: Literal["required", "optional", "none"] | None = None
    origin: dict[str, Origin] | None = None


class DependencyEvidence(Record):
    """Why a dependency is believed."""

    type: str
    reason: str
    confidence: UnitInterval
    quote: str | None = None
    loc: Span | None = None
    startLine: Annotated[int, Field(ge=1)] | None = None
    endLine: Annotated[int, Field(ge=1)] | None = None


class Dependency(Record):
    """`to` needs `from`; for the two resource types: both need the same resource."""

    from_: Annotated[TaskId, Field(alias="from")]
    to: TaskId
    type: DependencyType
    reason: str
    shared_resource: Identifier | None = None
    evidence: tuple[DependencyEvidence, ...] = ()
    confidence: UnitInterval
    isHard: bool


class SharedResource(Record):
    """A resource of the project that tasks cannot use all at once."""

    type: Literal["exclusive", "shared_limited"]
    capacity: Annotated[int, Field(ge=1)] | None = None
    location: str | None = None
    constraint: str | None = None
    reason: str


class PlanCommand(Record):
    """A command of the whole plan, and where it comes from."""

    script: Annotated[str, Field(min_length=1)]
    origin: Origin
    source: str | None = None


class RelevantFile(Record):
    """A file that the plan's documents are about; 1 is the score of the most relevant one."""

    path: str
    score: UnitInterval
    reason: str


class CodebaseAnalysis(Record):
    """What the survey found in the codebase.

    The fields after the first four are additions to v3. `places` says for each interface, component and
    extension point where it is (file:line), `import_edges` how many imports lead from one of its files to
    another, `left_out` what was not looked at, and why.
    """

    existing_apis: tuple[str, ...] = ()
    reused_components: tuple[str, ...] = ()
    extension_points: tuple[str, ...] = ()
    shared_resources: dict[Identifier, SharedResource] = {}
    languages: dict[str, int] | None = None
    source_lines: Annotated[int, Field(ge=0)] | None = None
    symbols: Annotated[int, Field(ge=0)] | None = None
    import_edges: Annotated[int, Field(ge=0)] | None = None
    validation_commands: tuple[PlanCommand, ...] | None = None
    places: dict[str, str] | None = None
    relevant_files: tuple[RelevantFile, ...] | None = None
    left_out: tuple[str, ...] | None = None


class ResourceLimits(Record):
    """The limits within which the plan was scheduled."""

    max_concurrent_tasks: Annotated[int, Field(ge=1)]
    max_memory_gb: NonNegative | None = None
    max_cpu_cores: NonNegative | None = None
    max_disk_io_mbps: NonNegative | None = None


class Autonormalization(Record):
    """Which tasks were split (over 16 h) or merged (under 0.5 h)."""

    split: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()


class SourceDocument(Record):
    """A document the plan was made from, with the sha256 of its bytes."""

    document: str
    sha256: ContentHash


class TasksMeta(Record):
    """What holds for the whole plan; a strict one counts no estimate that only the sizing rule gave."""

    execution_model: ExecutionModel
    min_confidence: UnitInterval
    resource_limits: ResourceLimits
    codebase_analysis: CodebaseAnalysis | None = None
    autonormalization: Autonormalization = Autonormalization()
    title: str | None = None
    branch: str | None = None
    sources: tuple[SourceDocument, ...] | None = None
    setup: tuple[PlanCommand, ...] | None = None
    verify: tuple[PlanCommand, ...] | None = None
    strict: bool | None = None


class ResourceConflict(Record):
    """Tasks that need the same resource, and how that is settled."""

    tasks: tuple[TaskId, ...]
    resolution: Literal["sequential_ordering", "wave_separation", "capacity_planning"]
    suggested_order: tuple[TaskId, ...] | None = None
    rationale: str = ""


class TasksFile(Record):
    """The whole of tasks.json."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    meta: TasksMeta
    generated: Generated
    tasks: tuple[Task, ...]
    dependencies: tuple[Dependency, ...] = ()
    resource_conflicts: dict[Identifier, ResourceConflict] = {}
