"""Phase 7: coordinator.json, from the settings and from what the tasks ask for (seed 001)."""

from __future__ import annotations

from planner.stages.artifact_seal import unsealed
from schemas.coordinator import (
    Alert,
    Backpressure,
    BackpressureRecovery,
    BackpressureTrigger,
    Coordinator,
    CoordinatorFile,
    CoordinatorMonitoring,
    ExecutionProtocol,
    FailureHandling,
    FrontierManagement,
    Policies,
    ResourceAllocation,
    ResourceCapacity,
    SchedulingLoop,
    StateManagement,
    WorkerMatching,
    WorkerPool,
    WorkerTemplate,
)
from schemas.settings import ExecuteSettings, Settings
from schemas.tasks import TasksFile

TASK_STATES = {
    "blocked": "A task it depends on is not completed",
    "ready": "All it depends on is completed; waits for resources",
    "queued": "Resources are free; waits for a worker",
    "assigned": "A worker was chosen",
    "running": "The worker is at work",
    "paused": "Stopped for a while: a person, a limit or the load of the machine",
    "checkpointed": "Stopped at a checkpoint from which it can go on",
    "completed": "Proven by its checks and landed on the feature branch",
    "failed": "Its last attempt failed",
    "rolled_back": "Its work was taken back after a failure",
}
RESPONSIBILITIES = (
    "Start each task as soon as its dependencies are completed and its resources are free",
    "Hand out exclusive and limited resources",
    "Choose workers by capability and load",
    "Start less when the machine is loaded or too much fails",
    "Keep checkpoints, and go on from them after a loss",
)
STEPS = ("drain_events", "apply", "decide", "start_tasks", "publish_progress", "wait")
METRICS = (
    "task_throughput",
    "average_wait_time",
    "resource_utilization",
    "failure_rate",
    "checkpoint_success_rate",
)
ALERTS_LOG = "logs/alerts.log"
HEADROOM_PERCENT = 20


def coordinator_file(tasks: TasksFile, settings: Settings) -> CoordinatorFile:
    """Return coordinator.json, not sealed: thresholds and pool from the settings, the rest seed 001's."""
    return CoordinatorFile(
        generated=unsealed(tasks.generated.timestamp),
        coordinator=Coordinator(
            role="execution_orchestrator",
            version="1.0.0",
            responsibilities=RESPONSIBILITIES,
            state_management=StateManagement(
                task_states=TASK_STATES,
                frontier_management=FrontierManagement(
                    ready_queue=(),
                    resource_wait_queue=(),
                    worker_assignments={},
                    resource_allocations={},
                    checkpoint_registry={},
                ),
            ),
            scheduling_loop=SchedulingLoop(interval_ms=1000, steps=STEPS),
            policies=_policies(settings.execute),
            monitoring=CoordinatorMonitoring(
                metrics_collection_interval=settings.timing.heartbeat,
                metrics=METRICS,
                alerts=(
                    Alert(condition="failure_rate > 0.1", action="reduce_concurrency", notify=ALERTS_LOG),
                ),
            ),
        ),
        worker_pool=_worker_pool(tasks, settings),
    )


def _policies(settings: ExecuteSettings) -> Policies:
    triggers = (
        BackpressureTrigger(
            metric="cpu_usage", threshold=settings.cpu_threshold, action="pause_low_priority"
        ),
        BackpressureTrigger(
            metric="memory_usage", threshold=settings.memory_threshold, action="defer_memory_intensive"
        ),
        BackpressureTrigger(metric="error_rate", threshold=5, action="circuit_break"),
    )
    return Policies(
        backpressure=Backpressure(
            triggers=triggers,
            recovery=BackpressureRecovery(cool_down_seconds=30, gradual_resume=True, resume_rate=1),
        ),
        resource_allocation=ResourceAllocation(
            strategy="bin_packing_with_headroom",
            headroom_percent=HEADROOM_PERCENT,
            oversubscription_allowed=False,
            preemption_enabled=True,
            preemption_priorities=("low", "medium", "high", "critical"),
        ),
        worker_matching=WorkerMatching(
            strategy="capability_and_load_balanced",
            prefer_specialized_workers=True,
            max_tasks_per_worker=settings.tasks_per_worker,
        ),
        failure_handling=FailureHandling(
            retry_policy="exponential_backoff",
            max_retries=3,
            failure_threshold=0.3,
            cascade_prevention=True,
            checkpoint_recovery=True,
        ),
    )


def _worker_pool(tasks: TasksFile, settings: Settings) -> WorkerPool:
    asked = {name for task in tasks.tasks for name in task.resource_requirements.worker_capabilities_required}
    largest = [task.resource_requirements.estimated for task in tasks.tasks]
    return WorkerPool(
        min_workers=settings.execute.worker_min,
        max_workers=max(settings.execute.worker_min, settings.execute.worker_max),
        scaling_policy="adaptive",
        worker_template=WorkerTemplate(
            capabilities=tuple(sorted(asked)),
            # What the largest task asks for: a worker that offers less could not take every task.
            resource_capacity=ResourceCapacity(
                cpu_cores=max((needs.cpu_cores or 0 for needs in largest), default=0),
                memory_mb=max((needs.memory_mb or 0 for needs in largest), default=0),
                disk_io_mbps=max((needs.disk_io_mbps or 0 for needs in largest), default=0),
            ),
            execution_protocol=ExecutionProtocol(
                heartbeat_interval=settings.timing.heartbeat, progress_updates=True, can_checkpoint=True
            ),
        ),
    )
