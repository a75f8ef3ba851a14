"""Parse source text and find nodes by rule objects; the only place that knows ast-grep."""

from __future__ import annotations

from ast_grep_py import Rule, SgNode, SgRoot

ERROR: Rule = {"kind": "ERROR"}


class NotParsed(Exception):
    """The parser itself failed on a text."""


def nodes_of(text: str, grammar: str, rule: Rule) -> list[SgNode]:
    """Return the nodes of a text that match a rule, in the order of the text.

    Args:
        text: the source.
        grammar: ast-grep's name of a language; it must be one of `languages.GRAMMARS`.
        rule: a rule object; kinds that the grammar does not know are an error of ours.

    Raises:
        NotParsed: the parser gave up.
    """
    try:
        return SgRoot(text, grammar).root().find_all({"rule": rule})
    except (RuntimeError, ValueError):
        raise  # a rule that does not fit its grammar: a bug of ours
    except BaseException as error:
        # The parser is Rust: what goes wrong inside arrives as a PanicException, which is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise NotParsed(str(error)) from error


def field_text(node: SgNode, name: str) -> str:
    """Return the text of a field of a node, empty if it has none."""
    found = node.field(name)
    return found.text() if found is not None else ""


def line_of(node: SgNode) -> int:
    """Return the line a node begins in, from 1."""
    return node.range().start.line + 1


class Nesting:
    """Which definitions enclose the next node, when nodes come in the order of the text."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._open: list[tuple[int, str]] = []

    def owner_of(self, node: SgNode) -> str:
        """Return the names of what encloses a node, outermost first; empty at the top."""
        start = node.range().start.index
        while self._open and self._open[-1][0] <= start:
            self._open.pop()
        return self._separator.join(name for _, name in self._open if name)

    def enter(self, node: SgNode, name: str) -> None:
        """Let a node enclose those that follow and lie in it; without a name it is only passed through."""
        self._open.append((node.range().end.index, name))
