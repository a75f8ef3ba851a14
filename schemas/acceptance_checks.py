"""The machine-verifiable checks of a task: a command, an artifact or a metric (seed 001)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.record import Count, Record, UnitInterval

CheckOrigin = Literal["default", "survey", "document", "model"]


class CommandExpectation(Record):
    """What a command must show; without any expectation its exit code must be 0."""

    exitCode: int | None = None
    passRateGte: UnitInterval | None = None
    coverageGte: UnitInterval | None = None


class CommandCheck(Record):
    """Run a command with `sh -eu` in the worktree."""

    type: Literal["command"]
    cmd: Annotated[str, Field(min_length=1)]
    expect: CommandExpectation = CommandExpectation()
    origin: CheckOrigin | None = None


class ArtifactExpectation(Record):
    """What a file must be."""

    exists: bool | None = None
    minBytes: Count | None = None
    validJSON: bool | None = None
    validYAML: bool | None = None
    validOpenAPI: bool | None = None


class ArtifactCheck(Record):
    """Look at a file of the worktree; the path is relative to its root."""

    type: Literal["artifact"]
    path: Annotated[str, Field(min_length=1)]
    expect: ArtifactExpectation = ArtifactExpectation()
    origin: CheckOrigin | None = None


class MetricExpectation(Record):
    """The bounds of a measured number, both inclusive."""

    lte: float | None = None
    gte: float | None = None


class MetricCheck(Record):
    """Read a number out of a JSON report of the worktree, at an RFC 6901 pointer."""

    type: Literal["metric"]
    name: Annotated[str, Field(min_length=1)]
    expect: MetricExpectation
    report: str | None = None
    pointer: str | None = None
    origin: CheckOrigin | None = None


AcceptanceCheck = Annotated[CommandCheck | ArtifactCheck | MetricCheck, Field(discriminator="type")]
