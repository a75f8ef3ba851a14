"""The keys of a `yaml task` fence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from planner.drafting.acting_fences import ActingFence
from planner.drafting.yaml_options import read_yaml_mapping, validated
from planner.intake.markdown_outline import Outline
from schemas.features import PriorityName
from schemas.identifiers import Identifier, TaskId
from schemas.record import Count, Record
from schemas.task_execution import TaskReviewer
from schemas.tasks import Hours

WORDS = frozenset(
    ("id", "after", "scope", "excludes", "exclusive", "capabilities", "env_pass", "done", "stop_when")
)


def as_list(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Return a single value as a list of one: `after: 1` means `after: [1]`."""
    return [value] if isinstance(value, str | int | float) else value


def _glob(value: str) -> str:
    parts = value.split("/")
    if value.startswith(("/", "~", "-")) or ".." in parts or re.search(r"[\x00-\x1f\\]", value):
        message = f"{value!r} is no path or glob below the repository's root"
        raise ValueError(message)
    return value.removeprefix("./")


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Glob = Annotated[Text, AfterValidator(_glob)]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Units = Annotated[int, Field(ge=1)]


class TaskOptions(Record):
    """What a `yaml task` fence says; a key that is not given is None or empty."""

    id: TaskId | None = None
    after: Annotated[tuple[Text, ...] | None, BeforeValidator(as_list)] = None
    scope: Annotated[tuple[Glob, ...] | None, BeforeValidator(as_list), Field(min_length=1)] = None
    excludes: Annotated[tuple[Glob, ...], BeforeValidator(as_list)] = ()
    exclusive: Annotated[tuple[Identifier, ...], BeforeValidator(as_list)] = ()
    shared: dict[Identifier, Units] = Field(default_factory=dict)
    estimate: tuple[Hours, Hours, Hours] | None = None
    priority: PriorityName | None = None
    capabilities: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = ()
    changes: Literal["required", "optional", "none"] | None = None
    optional: bool | None = None
    preemptible: bool | None = None
    max_retries: Count | None = None
    expect_red_before: bool | None = None
    env_pass: Annotated[tuple[EnvironmentName, ...], BeforeValidator(as_list)] = ()
    network: bool | None = None
    executor: Literal["manual"] | None = None
    reviewer: TaskReviewer | None = None
    timeout_minutes: Annotated[float, Field(gt=0)] | None = None
    done: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = ()
    stop_when: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TaskOptions:
        if self.estimate is not None and list(self.estimate) != sorted(self.estimate):
            message = "`estimate`: write optimistic, likely and pessimistic hours in this order"
            raise ValueError(message)
        both = sorted(set(self.exclusive) & set(self.shared))
        if both:
            message = f"`exclusive` and `shared` both name {both[0]}; keep one of the two"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class GivenOptions:
    """The options of a task and the line of the document of each key that was given."""

    options: TaskOptions = field(default_factory=TaskOptions)
    lines: Mapping[str, int] = field(default_factory=dict)
    after_lines: tuple[int, ...] = ()
    """The line of each element of `after`."""


def read_task_options(document: Outline, fence: ActingFence) -> GivenOptions:
    """Return what a `yaml task` fence says.

    Raises:
        InvalidArguments: it is no YAML mapping, a key is unknown, or a value cannot be used; with the line.
    """
    block = document.blocks[fence.block]

    def where(line: int) -> str:
        return f"{document.source.name}:{block.line_of_text(line)}"

    mapping = read_yaml_mapping(fence.text, WORDS, where)
    options = validated(TaskOptions, mapping, where)
    return GivenOptions(
        options=options,
        lines={key: block.line_of_text(mapping.line((key,))) for key in mapping.values},
        after_lines=tuple(
            block.line_of_text(mapping.line(("after", number))) for number in range(len(options.after or ()))
        ),
    )
