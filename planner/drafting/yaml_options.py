"""Read a YAML mapping of a document strictly: a wrong key or value is an error with its line."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from schemas.errors import InvalidArguments
from schemas.record import Record

Options = TypeVar("Options", bound=Record)
Path = tuple[str | int, ...]
TIMESTAMP = "tag:yaml.org,2002:timestamp"
DEEPEST = 20  # nothing of ours is deeper than 3; the parser takes time with the square of the depth


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """A mapping: its values, and the line (from 0, in the YAML text) of each key and element."""

    values: dict[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of a value; that of what holds it when it has none of its own."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


class _Wrong(Exception):
    """What is wrong in a YAML text, and in which line of it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_yaml_mapping(text: str, words: frozenset[str], where: Callable[[int], str]) -> YamlMapping:
    """Return the mapping of a YAML text; values of the keys in `words` stay as they are written.

    `id: 007` and `after: [1.10]` are names and not numbers, so that YAML may not read them as such.
    `where` says for a line of the text (from 0) where in the document that is.

    Raises:
        InvalidArguments: the text is not YAML, is no mapping, or names a key twice.
    """
    try:
        return _read(text, words)
    except _Wrong as wrong:
        message, line = wrong.message, wrong.line
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message, line = f"this is not YAML: {error.problem or error.context}", mark.line if mark else 0
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        message, line = f"this is not YAML that can be read: {str(error).splitlines()[0]}", 0
    raise InvalidArguments(f"{where(line)}: {message}", hint="write one `key: value` on each line")


def validated(kind: type[Options], mapping: YamlMapping, where: Callable[[int], str]) -> Options:
    """Return the options that a mapping holds.

    Raises:
        InvalidArguments: a key is unknown or a value cannot be used; each is named with its line.
    """
    for key, value in mapping.values.items():
        if key in kind.model_fields and value is None:
            raise InvalidArguments(f"{where(mapping.line((key,)))}: `{key}` has no value", hint="give it one")
    try:
        return kind.model_validate(mapping.values)
    except ValidationError as error:
        wrong = sorted((mapping.line(item["loc"]), _complaint(item, kind)) for item in error.errors())
    message = "\n".join(dict.fromkeys(f"{where(line)}: {complaint}" for line, complaint in wrong))
    raise InvalidArguments(message, hint=f"the keys are: {', '.join(kind.model_fields)}")


def _complaint(item: Any, kind: type[Record]) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, kind.model_fields, n=1)
        return f"there is no key `{key}`" + (f", did you mean `{near[0]}`?" if near else "")
    message = str(item["msg"]).removeprefix("Value error, ")
    given = f" (found {item['input']!r})" if isinstance(item["input"], str | int | float) else ""
    return f"`{key}`: {message}{given}" if key else message


def _read(text: str, words: frozenset[str]) -> YamlMapping:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            message = "aliases are not supported; write the value again"
            raise _Wrong(message, line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            message = f"this is not YAML that can be read: it is nested more than {DEEPEST} levels deep"
            raise _Wrong(message, line)
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return YamlMapping({})
        if not isinstance(node, yaml.MappingNode):
            message = "a mapping of keys to values was expected"
            raise _Wrong(message, node.start_mark.line)
        lines: dict[Path, int] = {}
        values = _mapping(loader, node, words, (), lines)
    finally:
        loader.dispose()
    return YamlMapping(values, lines)


def _mapping(
    loader: yaml.SafeLoader,
    node: yaml.MappingNode,
    words: frozenset[str],
    path: Path,
    lines: dict[Path, int],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line
        if not isinstance(key_node, yaml.ScalarNode):
            message = "a key must be a word"
            raise _Wrong(message, line)
        key = str(key_node.value)
        if key in values:
            message = f"the key `{key}` is there twice"
            raise _Wrong(message, line)
        lines[*path, key] = line
        values[key] = _value(loader, value_node, words, (*path, key), lines)
    return values


def _value(
    loader: yaml.SafeLoader, node: yaml.Node, words: frozenset[str], path: Path, lines: dict[Path, int]
) -> Any:  # noqa: ANN401 - whatever YAML can say
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, words, path, lines)
    if isinstance(node, yaml.SequenceNode):
        found: list[Any] = []
        for number, item in enumerate(node.value):
            lines[*path, number] = item.start_mark.line
            found.append(_value(loader, item, words, (*path, number), lines))
        return found
    if node.tag == TIMESTAMP:
        return str(node.value)  # no key of ours is a date, and some that look like one cannot be
    value = loader.construct_object(node, deep=True)
    return str(node.value) if value is not None and path[0] in words else value
