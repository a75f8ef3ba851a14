"""coordinator.json: how a run of the plan is coordinated (seed 001)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from schemas.features import Generated
from schemas.record import Count, NonNegative, Record, UnitInterval


class FrontierManagement(Record):
    """The seed's registers of a running frontier; empty in a plan, since nothing runs yet."""

    ready_queue: tuple[str, ...] = ()
    resource_wait_queue: tuple[str, ...] = ()
    worker_assignments: dict[str, Any] = {}
    resource_allocations: dict[str, Any] = {}
    checkpoint_registry: dict[str, Any] = {}


class StateManagement(Record):
    """The ten task states and the registers."""

    task_states: dict[str, str]
    frontier_management: FrontierManagement = FrontierManagement()


class SchedulingLoop(Record):
    """The sampling period of the workers and the steps of one decision."""

    interval_ms: Annotated[int, Field(ge=1)]
    steps: tuple[str, ...]


class BackpressureTrigger(Record):
    """A metric, the threshold in percent, and what is done above it."""

    metric: str
    threshold: NonNegative
    action: str


class BackpressureRecovery(Record):
    """How a run goes on after backpressure."""

    cool_down_seconds: NonNegative
    gradual_resume: bool
    resume_rate: Count


class Backpressure(Record):
    """When the coordinator starts less."""

    triggers: tuple[BackpressureTrigger, ...]
    recovery: BackpressureRecovery


class ResourceAllocation(Record):
    """How machine resources are given out."""

    strategy: str
    headroom_percent: NonNegative
    oversubscription_allowed: bool
    preemption_enabled: bool
    preemption_priorities: tuple[str, ...]


class WorkerMatching(Record):
    """How tasks find workers."""

    strategy: str
    prefer_specialized_workers: bool
    max_tasks_per_worker: Annotated[int, Field(ge=1)]


class FailureHandling(Record):
    """What happens after failures of the infrastructure and of tasks."""

    retry_policy: str
    max_retries: Count
    failure_threshold: UnitInterval
    cascade_prevention: bool
    checkpoint_recovery: bool


class Policies(Record):
    """The coordinator's policies."""

    backpressure: Backpressure
    resource_allocation: ResourceAllocation
    worker_matching: WorkerMatching
    failure_handling: FailureHandling


class Alert(Record):
    """A condition, what is done about it and where it is written."""

    condition: str
    action: str
    notify: str


class CoordinatorMonitoring(Record):
    """What is measured and when somebody is told."""

    metrics_collection_interval: NonNegative
    metrics: tuple[str, ...]
    alerts: tuple[Alert, ...] = ()


class Coordinator(Record):
    """The orchestrator's configuration."""

    role: str
    version: str
    responsibilities: tuple[str, ...]
    state_management: StateManagement
    scheduling_loop: SchedulingLoop
    policies: Policies
    monitoring: CoordinatorMonitoring


class ResourceCapacity(Record):
    """What one worker's host offers."""

    cpu_cores: NonNegative
    memory_mb: NonNegative
    disk_io_mbps: NonNegative | None = None


class ExecutionProtocol(Record):
    """How workers report."""

    heartbeat_interval: NonNegative
    progress_updates: bool
    can_checkpoint: bool


class WorkerTemplate(Record):
    """What each worker of the pool is like."""

    capabilities: tuple[str, ...]
    resource_capacity: ResourceCapacity
    execution_protocol: ExecutionProtocol


class WorkerPool(Record):
    """The size of the pool and its workers."""

    min_workers: Annotated[int, Field(ge=1)]
    max_workers: Annotated[int, Field(ge=1)]
    scaling_policy: str
    worker_template: WorkerTemplate


class CoordinatorFile(Record):
    """The whole of coordinator.json; the seed's example has no `generated`, ours has."""

    schema_: Annotated[str | None, Field(alias="$schema")] = None
    generated: Generated | None = None
    coordinator: Coordinator
    worker_pool: WorkerPool
