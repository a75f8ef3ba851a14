"""The progress of a followed run for Prometheus, by the exporter of Temporal's own SDK."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from planner.scheduling.task_states import STATES
from schemas.errors import InvalidArguments
from schemas.execution import RunStatus

ADDRESS = "127.0.0.1"


def serve_metrics(port: int) -> Callable[[RunStatus], None]:
    """Serve `http://127.0.0.1:PORT/metrics` while this process lives; return what a new status is given to.

    Raises:
        InvalidArguments: the port is in use.
    """
    try:
        runtime = Runtime(
            telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"{ADDRESS}:{port}"))
        )
    except ValueError as error:
        raise InvalidArguments(
            f"the metrics cannot be served on port {port}: {error}", hint="choose another --metrics-port"
        ) from error
    meter = runtime.metric_meter
    tasks = meter.create_gauge("tasks_run_tasks", "Tasks of the run by state")
    landed = meter.create_gauge("tasks_run_landed", "Tasks that have landed")
    seconds = meter.create_gauge_float("tasks_run_seconds", "Time since the run was started", "s")

    def show(status: RunStatus, _served_while_held: Runtime = runtime) -> None:
        labels = {"run": status.run_id}
        states = Counter(task.state for task in status.tasks)
        for state in STATES:
            tasks.set(states[state], {**labels, "state": state.value})
        landed.set(status.progress.completed, labels)
        seconds.set(status.seconds or 0.0, labels)

    return show
