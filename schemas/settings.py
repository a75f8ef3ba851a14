"""Settings: every value that a user may set, in one record; loaded once by workers/settings.py."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schemas.record import Record, UnitInterval
from schemas.tasks import ExecutionModel, Hours


def _in_order(hours: tuple[float, float, float]) -> tuple[float, float, float]:
    if list(hours) != sorted(hours):
        message = "the hours of a size are optimistic <= likely <= pessimistic"
        raise ValueError(message)
    return hours


ThreeHours = Annotated[tuple[Hours, Hours, Hours], AfterValidator(_in_order)]
Percent = Annotated[float, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(gt=0)]
FlakyPolicy = Literal["reject", "accept"]
"""What a check counts as that is red, and green when it is run once more on the same tree: red, or green."""


class PlanSettings(Record):
    """Settings of `tasks plan`; names and defaults are seed 001's."""

    min_confidence: UnitInterval = 0.7
    max_wave_size: Annotated[int, Field(ge=1)] = 30
    wave_quorum: Annotated[float, Field(gt=0, le=1)] = 0.95
    wave_timeout_minutes: Annotated[float, Field(gt=0)] | None = None
    codebase_path: str = "."
    execution_model: ExecutionModel = "rolling_frontier"
    max_concurrent: Annotated[int, Field(ge=1)] = 10
    output_dir: str = "./tasks_output/"
    strict: bool = False
    forecast_draws: Annotated[int, Field(ge=1)] = 1000
    correlation: UnitInterval = 0.3
    hours_by_complexity: dict[Literal["small", "medium", "large"], ThreeHours] = {
        "small": (0.5, 1, 2),
        "medium": (1, 2, 4),
        "large": (2, 4, 8),
    }


class ExecuteSettings(Record):
    """Settings of `tasks execute`; names and defaults are seed 001's."""

    worker_min: Annotated[int, Field(ge=1)] = 2
    worker_max: Annotated[int, Field(ge=1)] = 8
    cpu_threshold: Percent = 80
    memory_threshold: Percent = 85
    checkpoint_interval: Annotated[int, Field(ge=1, le=100)] = 25
    tasks_per_worker: Annotated[int, Field(ge=1)] = 3
    metrics_port: int | None = None
    notify: str | None = None
    flaky_checks: FlakyPolicy = "reject"


class TimingSettings(Record):
    """Times of the infrastructure, in seconds; tests set them to 1 or 2."""

    heartbeat: Seconds = 10
    schedule_to_start: Seconds = 60
    command_deadline: Seconds = 1800
    grace: Seconds = 5
    retry_initial: Seconds = 1
    retry_maximum: Seconds = 30


class ServerSettings(Record):
    """The local development server and where our state is kept."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    ui_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    state_dir: str | None = None


class Settings(Record):
    """All settings together."""

    plan: PlanSettings = PlanSettings()
    execute: ExecuteSettings = ExecuteSettings()
    timing: TimingSettings = TimingSettings()
    server: ServerSettings = ServerSettings()
