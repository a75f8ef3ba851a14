"""Graphs that a document draws: arrows in a code block, also over several lines, and Mermaid or DOT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

GRAPH_LANGUAGES = frozenset(("mermaid", "dot", "graphviz"))
PLAIN_LANGUAGES = frozenset(("", "text", "txt", "ascii", "plain", "plaintext", "diagram"))
NODE = re.compile(
    r"(?P<id>[A-Za-z_][\w.-]*?)\s*(?:\[+\"?(?P<square>[^\]\"]+)\"?\]+|\(+\"?(?P<round>[^)\"]+)\"?\)+|"
    r"\{+\"?(?P<curly>[^}\"]+)\"?\}+)"
)
DOT_LABEL = re.compile(
    r"(?:^|;)\s*\"?(?P<id>[\w.-]+)\"?\s*\[\s*label\s*=\s*\"(?P<label>[^\"]+)\"", re.MULTILINE
)
DOT_REST = re.compile(r"\[[^\]]*\]|^\s*(?:strict\s+)?(?:di)?graph\b[^{\n]*\{|[{}]")
EDGE = re.compile(r"\s*(?:-->|---?>|==+>|-\.->|->)\s*(?:\|[^|\n]*\|\s*)?")
EDGE_TEXT = re.compile(r"--\s+[^->|\n]+?\s+-->")
LINES = "-\u2500=\u2550"
JOINS = LINES + "|\u2502+\u2510\u2514\u250c\u2518\u251c\u2524\u252c\u2534\u253c\u256e\u256f\u2570\u256d"
HEADS_RIGHT = ">\u2192\u25b6\u25ba"
HEADS_DOWN = "v\u2193\u25bc"
TEXT = re.compile(
    r"[^\s"
    + re.escape(JOINS + HEADS_RIGHT + "\u2193\u25bc\u2190<")
    + r"](?:[^\u2500\u2550|\u2502>\u2192<\u2190\u25b6\u25ba]*?[^\s"
    + re.escape(JOINS + "\u2190<")
    + r"])?(?=\s{2,}|\s*["
    + re.escape(JOINS + HEADS_RIGHT + "\u2190<")
    + r"]{2,}|\s+["
    + re.escape(JOINS + HEADS_RIGHT + "\u2190<")
    + r"]|\s*$)"
)
MAX_CELLS = 40_000
MAX_STEPS = 400_000


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An arrow from one name to another, and the lines (from 0) of the drawing that it takes up."""

    source: str
    target: str
    first_line: int
    last_line: int


def drawn_edges(info: str, text: str) -> tuple[DrawnEdge, ...]:
    """Return the arrows of a drawing; none of a code block in any other language."""
    language = (info.split() or [""])[0].lower()
    if language in GRAPH_LANGUAGES:
        return tuple(_written_edges(text))
    if language not in PLAIN_LANGUAGES or len(text) > MAX_CELLS:
        return ()
    return tuple(_Drawing(text).edges())


def _written_edges(text: str) -> Iterator[DrawnEdge]:
    """Yield the edges of Mermaid or DOT, with the names that its nodes show."""
    shown: dict[str, str] = {match["id"]: match["label"] for match in DOT_LABEL.finditer(text)}
    for match in NODE.finditer(text):
        label = match["square"] or match["round"] or match["curly"]
        if "label" not in label.split("=")[0]:
            shown.setdefault(match["id"], label.strip())
    for number, line in enumerate(text.split("\n")):
        plain = NODE.sub(lambda match: match["id"], EDGE_TEXT.sub("-->", line.split("%%")[0]))
        plain = DOT_REST.sub(" ", plain)
        ends = [_ids(part) for part in EDGE.split(plain.rstrip(" ;"))]
        for sources, targets in pairwise(ends):
            for source in sources:
                for target in targets:
                    yield DrawnEdge(shown.get(source, source), shown.get(target, target), number, number)


def _ids(part: str) -> list[str]:
    return [name.strip(' \t";:') for name in re.split(r"\s*[&,]\s*", part) if name.strip(' \t";:')]


class _Drawing:
    """A drawing in characters: names, lines between them, and arrow heads."""

    def __init__(self, text: str) -> None:
        self.rows = text.expandtabs(4).split("\n")
        self.steps_left = MAX_STEPS  # a drawing made of nothing but lines and heads must end, too
        self.names = [
            [(match.start(), match.end(), match.group().strip(" []()")) for match in TEXT.finditer(row)]
            for row in self.rows
        ]

    def edges(self) -> Iterator[DrawnEdge]:
        """Yield each arrow once, from its names to the name behind its head."""
        seen: set[DrawnEdge] = set()
        for row, line in enumerate(self.rows):
            for column, mark in enumerate(line):
                target, begin = self._head(row, column, mark)
                if target is None:
                    continue
                for source, source_row in self._sources(begin):
                    edge = DrawnEdge(source, target, min(row, source_row), max(row, source_row))
                    if source != target and edge not in seen:
                        seen.add(edge)
                        yield edge

    def _head(self, row: int, column: int, mark: str) -> tuple[str | None, tuple[int, int]]:
        """Return the name behind an arrow head, and the cell before the head."""
        if mark in HEADS_RIGHT:
            behind = self.rows[row][column + 1 : column + 4]
            offset = len(behind) - len(behind.lstrip())
            return self._name_at(row, column + 1 + offset), (row, column - 1 if mark == ">" else column)
        if (
            mark in HEADS_DOWN
            and self._cell(row - 1, column) in "|\u2502" + HEADS_DOWN
            and self._cell(row - 1, column)
        ):
            return self._name_at(row + 1, column, near=4), (row - 1, column)
        if mark in "\u2193\u25bc":
            return self._name_at(row + 1, column, near=12), (row, column)
        return None, (row, column)

    def _sources(self, begin: tuple[int, int]) -> Iterator[tuple[str, int]]:
        """Yield the names at the ends of the lines that lead to a cell."""
        waiting, seen = [begin], {begin}
        while waiting and self.steps_left > 0:
            self.steps_left -= 1
            row, column = waiting.pop()
            for next_row, next_column in (
                (row, column - 1),
                (row - 1, column),
                (row + 1, column),
                (row, column + 1),
            ):
                cell = self._cell(next_row, next_column)
                if (next_row, next_column) in seen or not cell:
                    continue
                seen.add((next_row, next_column))
                if cell in JOINS and self._joined(row, column, next_row, next_column):
                    waiting.append((next_row, next_column))
            left = column - 1 if self._cell(row, column - 1).strip() else column - 2
            if self._cell(row, column) in LINES + HEADS_RIGHT + "\u2510\u2518\u2524\u253c+" and self._cell(
                row, column
            ):
                name = self._name_at(row, left)
                if name is not None:
                    yield name, row
            if self._cell(row, column) in "|\u2502" + HEADS_DOWN and self._cell(row, column):
                above = self._name_at(row - 1, column, near=12)
                if above is not None:
                    yield above, row - 1

    def _joined(self, row: int, column: int, next_row: int, next_column: int) -> bool:
        """Return whether two cells are drawn as one line: plain dashes do not join up or down."""
        if row == next_row:
            return True
        here, there = self._cell(row, column), self._cell(next_row, next_column)
        return here not in LINES and there not in LINES and column == next_column

    def _cell(self, row: int, column: int) -> str:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def _name_at(self, row: int, column: int, near: int = 0) -> str | None:
        if not 0 <= row < len(self.names):
            return None
        for start, end, name in self.names[row]:
            if start - near <= column < end + near and name:
                return name
        return None
