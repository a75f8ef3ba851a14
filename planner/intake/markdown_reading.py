"""Parse a Markdown document into an outline whose places are exact in the original text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from planner.draft import SourceText
from planner.intake.markdown_outline import Block, BlockKind, Outline
from planner.intake.secret_redaction import secret_spans
from planner.intake.source_lines import SourceLines, read_lines

CHECKBOX = re.compile(r"\[(?P<mark>[ xX])\](?=\s|$)[ \t]*")
LISTS = ("bullet_list_open", "ordered_list_open")
FENCES = ("fence", "front_matter")
CONTAINERS = (*LISTS, "list_item_open", "inline")


def read_outline(source: SourceText) -> Outline:
    """Return the blocks of a document; any text is Markdown, so that nothing can go wrong here."""
    parser = MarkdownIt("commonmark").use(front_matter_plugin).enable("table")
    parser.core.ruler.disable("inline")  # nobody here asks for marks within a line, and they can be costly
    reading = _Reading(read_lines(source.text))
    tokens = parser.parse(source.text)
    for number, token in enumerate(tokens):
        reading.take(token, tokens[number + 1] if number + 1 < len(tokens) else None)
    return Outline(source, reading.lines, tuple(reading.blocks), secret_spans(source.text))


@dataclass(slots=True)
class _Table:
    """The head of the table that the walk is in, and the column that comes next."""

    titles: list[str] = field(default_factory=list)
    column: int = 0

    def take(self, token: Token, content: str) -> tuple[int, str]:
        """Take a token of the table; return the column of a cell, and what the head says above it."""
        column = self.column
        if token.type == "table_open":
            self.titles = []
        elif token.type == "tr_open":
            self.column = 0
        else:
            if token.type == "th_open":
                self.titles.append(" ".join(content.split()))
            self.column += 1
        return column, self.titles[column] if column < len(self.titles) else ""


@dataclass(slots=True)
class _Reading:
    """Where the walk over the parser's tokens stands."""

    lines: SourceLines
    blocks: list[Block] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    lists: list[tuple[int, int | None]] = field(default_factory=list)
    lists_seen: int = 0
    quotes: int = 0
    table: _Table = field(default_factory=_Table)
    waiting_item: int | None = None

    def take(self, token: Token, following: Token | None) -> None:
        """Take the next token of the document."""
        self._containers(token)
        content = following.content if following else ""
        if token.type == "list_item_open":
            self._open_item(token)
        elif token.type == "heading_open":
            self._heading(token, content)
        elif token.type == "paragraph_open":
            self._paragraph(token, content)
        elif token.type in ("table_open", "tr_open", "th_open", "td_open"):
            self._cell(token, following, content)
        elif token.type in FENCES:
            self._fence(token)
        elif token.type not in CONTAINERS and token.nesting >= 0:
            self.waiting_item = None

    def _containers(self, token: Token) -> None:
        """Keep account of the lists, items and quotes that are open."""
        if token.type in LISTS:
            self.lists_seen += 1
            first = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
            self.lists.append((self.lists_seen, first))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif token.type == "list_item_close":
            self.items.pop()
        elif token.type in ("blockquote_open", "blockquote_close"):
            self.quotes += token.nesting

    def _open_item(self, token: Token) -> None:
        group, number = self.lists[-1]
        self.lists[-1] = (group, None if number is None else number + 1)
        place = len(self.blocks)
        item = self._block("item", token)
        self.blocks.append(replace(item, level=len(self.items) + 1, number=number, group=group))
        self.items.append(place)
        self.waiting_item = place

    def _heading(self, token: Token, content: str) -> None:
        if self.items or self.quotes:  # a heading inside a list or a quote opens no section
            self._text_block("paragraph", token, content)
            return
        level = int(token.tag[1:])
        while self.headings and self.blocks[self.headings[-1]].level >= level:
            self.headings.pop()
        block = _with_text(self.lines, self._block("heading", token), content)
        self.blocks.append(replace(block, level=level))
        self.headings.append(len(self.blocks) - 1)

    def _paragraph(self, token: Token, content: str) -> None:
        if self.waiting_item is not None:
            block = _with_text(self.lines, self.blocks[self.waiting_item], content)
            self.blocks[self.waiting_item] = _with_checkbox(block)
        else:
            self._text_block("paragraph", token, content)
        self.waiting_item = None

    def _cell(self, token: Token, following: Token | None, content: str) -> None:
        column, title = self.table.take(token, content)
        if token.type == "td_open" and following is not None and content.strip():
            self._text_block("cell", following, content)
            self.blocks[-1] = replace(self.blocks[-1], column=column, column_title=title)
        self.waiting_item = None

    def _fence(self, token: Token) -> None:
        kind: BlockKind = "fence" if token.type == "fence" else "front_matter"
        block = self._block(kind, token)
        starts = _starts_of_fence(self.lines, token, block)
        closed = kind == "front_matter" or _is_closed(self.lines, token, block)
        self.blocks.append(
            replace(block, text=token.content, text_starts=starts, info=token.info.strip(), closed=closed)
        )
        self.waiting_item = None

    def _text_block(self, kind: BlockKind, token: Token, content: str) -> None:
        self.waiting_item = None
        self.blocks.append(_with_text(self.lines, self._block(kind, token), content))

    def _block(self, kind: BlockKind, token: Token) -> Block:
        return replace(
            _block_of(self.lines, kind, token),
            item=self.items[-1] if self.items else None,
            heading=self.headings[-1] if self.headings else None,
            quoted=self.quotes > 0,
        )


def _block_of(lines: SourceLines, kind: BlockKind, token: Token) -> Block:
    first, last = token.map or (0, 1)
    start, end, last = lines.trimmed(first, last)
    return Block(kind=kind, start=start, end=end, first_line=first + 1, last_line=last)


def _with_text(lines: SourceLines, block: Block, content: str) -> Block:
    starts = lines.starts_of(content, block.first_line - 1, block.last_line)
    return replace(block, text=content, text_starts=starts)


def _with_checkbox(item: Block) -> Block:
    """Return a list item without the checkbox before its text, if it has one."""
    box = CHECKBOX.match(item.text)
    if not box:
        return item
    first, *others = item.text_starts
    starts = (first + box.end() if first >= 0 else -1, *others)
    return replace(item, text=item.text[box.end() :], text_starts=starts, checked=box["mark"] != " ")


def _starts_of_fence(lines: SourceLines, token: Token, block: Block) -> tuple[int, ...]:
    # The content begins on the line after the first: counted from 0, that is the same number.
    return lines.starts_of(token.content, block.first_line, block.last_line)


def _is_closed(lines: SourceLines, token: Token, block: Block) -> bool:
    if block.last_line == block.first_line:
        return False
    last = lines[block.last_line - 1].strip(" \t>")
    return len(last) >= len(token.markup) and set(last) == {token.markup[0]}
