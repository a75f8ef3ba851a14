"""What a document says about the whole plan: its front matter, `yaml plan`, `sh setup` and `sh verify`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from planner.drafting.acting_fences import ActingFence
from planner.drafting.task_options import Text, as_list
from planner.drafting.yaml_options import YamlMapping, read_yaml_mapping, validated
from planner.intake.markdown_outline import Block, Outline
from planner.intake.secret_redaction import redact
from schemas.dag import Finding
from schemas.errors import InvalidArguments
from schemas.identifiers import Identifier
from schemas.record import Record
from schemas.tasks import PlanCommand, SharedResource

WORDS = frozenset(("title", "setup", "verify", "branch"))
BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9._/-]*(?<![./])")


def _branch(value: str) -> str:
    if not BRANCH.fullmatch(value):
        message = f"{value!r} cannot be the name of a branch"
        raise ValueError(message)
    return value


class ResourceOption(Record):
    """How much there is of a resource, and why it is limited."""

    capacity: Annotated[int, Field(ge=1)] = 1
    reason: Text | None = None


class PlanOptions(Record):
    """The plan-level keys; one that is not given is None or empty."""

    title: Text | None = None
    setup: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = ()
    verify: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = ()
    resources: dict[Identifier, ResourceOption] = Field(default_factory=dict)
    max_concurrent: Annotated[int, Field(ge=1)] | None = None
    branch: Annotated[str, AfterValidator(_branch)] | None = None


@dataclass(frozen=True, slots=True)
class PlanLevel:
    """What one document says about the whole plan."""

    title: str | None = None
    title_line: int | None = None
    setup: tuple[PlanCommand, ...] = ()
    verify: tuple[PlanCommand, ...] = ()
    resources: dict[str, SharedResource] = field(default_factory=dict)
    max_concurrent: int | None = None
    branch: str | None = None
    findings: tuple[Finding, ...] = ()


def read_plan_level(
    document: Outline,
    plan_fences: Sequence[ActingFence],
    command_fences: Sequence[ActingFence],
    *,
    acts: bool,
) -> PlanLevel:
    """Return what a document says about the whole plan.

    Args:
        document: the document.
        plan_fences: its `yaml plan` fences.
        command_fences: those of its `sh setup` and `sh verify` fences that belong to no task.
        acts: whether the document has acting fences: then its front matter is meant for us alone.

    Raises:
        InvalidArguments: a key is unknown or given twice, or a value cannot be used; with the line.
    """
    if len(plan_fences) > 1:
        raise InvalidArguments(
            f"{document.source.name}:{plan_fences[1].line}: a second `yaml plan` fence",
            hint=f"put its keys into the first one, at line {plan_fences[0].line}",
        )
    mappings: list[tuple[Block, YamlMapping]] = []
    findings: tuple[Finding, ...] = ()
    if document.blocks and document.blocks[0].kind == "front_matter":
        mapping, findings = _front_matter(document, strict=acts)
        mappings.append((document.blocks[0], mapping))
    for fence in plan_fences:
        block = document.blocks[fence.block]
        mappings.append((block, read_yaml_mapping(fence.text, WORDS, _where(document, block))))
    lines = _lines(document, mappings)
    options = [validated(PlanOptions, mapping, _where(document, block)) for block, mapping in mappings]
    return _level(document, options, lines, command_fences, findings)


def _where(document: Outline, block: Block) -> Callable[[int], str]:
    return lambda line: f"{document.source.name}:{block.line_of_text(line)}"


def _front_matter(document: Outline, *, strict: bool) -> tuple[YamlMapping, tuple[Finding, ...]]:
    """Return the front matter; that of an ordinary document also holds keys of other tools."""
    block = document.blocks[0]
    where = _where(document, block)
    known = tuple(PlanOptions.model_fields)
    try:
        mapping = read_yaml_mapping(block.text, WORDS, where)
    except InvalidArguments as error:
        if strict:
            raise
        place, _, complaint = str(error).partition(": ")
        line = int(place.rpartition(":")[2])
        return YamlMapping({}), (_ignored(document, line, f"{complaint}; it was left out"),)
    unknown = [key for key in mapping.values if key not in known]
    is_ours = any(key in mapping.values for key in known if key != "title")
    is_slip = any(difflib.get_close_matches(key, known, cutoff=0.8) for key in unknown)
    if strict or is_ours or is_slip:
        return mapping, ()
    foreign = ", ".join(f"`{key}`" for key in unknown)
    values = {key: value for key, value in mapping.values.items() if key in known and value is not None}
    if not unknown:
        return YamlMapping(values, mapping.lines), ()
    message = f"the front matter's {foreign} says nothing about the plan; it was left out"
    return YamlMapping(values, mapping.lines), (_ignored(document, block.first_line, message),)


def _ignored(document: Outline, line: int, message: str) -> Finding:
    return Finding(
        rule="front-matter", severity="warning", message=message, file=document.source.name, line=line
    )


def _lines(document: Outline, mappings: Sequence[tuple[Block, YamlMapping]]) -> dict[str, int]:
    """Return the line of each key; resources are keys of their own."""
    lines: dict[str, int] = {}
    for block, mapping in mappings:
        resources = mapping.values.get("resources")
        paths: list[tuple[str, ...]] = [(key,) for key in mapping.values if key != "resources"]
        paths += [("resources", str(name)) for name in resources] if isinstance(resources, dict) else []
        for path in paths:
            line = block.line_of_text(mapping.line(path))
            key = ".".join(path)
            if key in lines:
                raise InvalidArguments(
                    f"{document.source.name}:{line}: `{key}` was already given at line {lines[key]}",
                    hint="keep one of the two",
                )
            lines[key] = line
    return lines


def _level(
    document: Outline,
    options: Sequence[PlanOptions],
    lines: dict[str, int],
    fences: Sequence[ActingFence],
    findings: tuple[Finding, ...],
) -> PlanLevel:
    name = document.source.name
    resources = {
        key: _resource(option, f"{name}:{lines.get(f'resources.{key}', 1)}")
        for given in options
        for key, option in given.resources.items()
    }
    title = next((given.title for given in options if given.title), None)
    return PlanLevel(
        title=redact(title)[0] if title else None,
        title_line=lines.get("title"),
        setup=_commands(name, [(given.setup, lines.get("setup")) for given in options], fences, "setup"),
        verify=_commands(name, [(given.verify, lines.get("verify")) for given in options], fences, "verify"),
        resources=resources,
        max_concurrent=next((given.max_concurrent for given in options if given.max_concurrent), None),
        branch=next((given.branch for given in options if given.branch), None),
        findings=findings,
    )


def _resource(option: ResourceOption, where: str) -> SharedResource:
    return SharedResource(
        type="exclusive" if option.capacity == 1 else "shared_limited",
        capacity=option.capacity,
        reason=redact(option.reason)[0] if option.reason else f"declared at {where}",
    )


def _commands(
    name: str,
    given: Sequence[tuple[tuple[str, ...], int | None]],
    fences: Sequence[ActingFence],
    action: str,
) -> tuple[PlanCommand, ...]:
    found: list[tuple[str, int]] = [(script, line or 1) for scripts, line in given for script in scripts]
    found += [(fence.text.strip("\n"), fence.line) for fence in fences if fence.action == action]
    for script, line in found:
        if redact(script)[1]:
            raise InvalidArguments(
                f"{name}:{line}: a secret stands in a command", hint="read it from the environment"
            )
    return tuple(
        PlanCommand(script=script, origin="document", source=f"{name}:{line}") for script, line in found
    )
