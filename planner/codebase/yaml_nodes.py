"""Read YAML as nodes with their lines; nothing is built from it, so that no tag and no alias can do harm."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

LONGEST_LINE = 1_000
MAX_CHARACTERS = 300_000  # a person's file is smaller, and reading YAML is slow


def read_yaml(text: str | None) -> yaml.Node | None:
    """Return the first document of a text; None if it is no YAML, or too much of it."""
    if text is None or len(text) > MAX_CHARACTERS:
        return None
    try:
        for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
            return node
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return None


def entries(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the keys and values of a mapping; nothing of any other node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value


def child(node: yaml.Node | None, *names: str) -> yaml.Node | None:
    """Return what lies under a path of keys; None if it leads nowhere."""
    for name in names:
        node = next((value for key, value in entries(node) if key == name), None)
    return node


def items(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Yield the parts of a sequence; a scalar is a sequence of one."""
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.ScalarNode):
        yield node


def text_of(node: yaml.Node | None) -> str:
    """Return the text of a scalar, empty for any other node."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def line_of(node: yaml.Node) -> int:
    """Return the line a node begins in, from 1."""
    return int(node.start_mark.line) + 1


def lines_of(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield the lines of a scalar with their places; a line that ends in a backslash goes on in the next."""
    if not isinstance(node, yaml.ScalarNode):
        return
    first = line_of(node) + (1 if node.style in ("|", ">") else 0)
    begun, start = "", first
    for number, line in enumerate(str(node.value).split("\n")):
        start = start if begun else first + number
        begun += line.strip()
        if begun.endswith("\\"):
            begun = begun[:-1].rstrip() + " "
            continue
        if begun.strip() and len(begun) <= LONGEST_LINE:
            yield begun.strip(), start
        begun = ""
