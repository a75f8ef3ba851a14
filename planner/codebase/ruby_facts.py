"""The symbols, requires and named constants of a Ruby file."""

from __future__ import annotations

import re

from ast_grep_py import Rule, SgNode

from planner.codebase.code_facts import CodeImport, CodeSymbol
from planner.codebase.syntax_tree import Nesting, field_text, line_of

IN_NAME: Rule = {"inside": {"kind": "scope_resolution"}}
DEFINED: tuple[Rule, ...] = (
    {"inside": {"kind": "class", "field": "name"}},
    {"inside": {"kind": "module", "field": "name"}},
)
RULES: tuple[Rule, ...] = (
    {"kind": "class"},
    {"kind": "module"},
    {"kind": "method"},
    {"kind": "singleton_method"},
    {"kind": "identifier", "regex": "^(private|protected|public)$", "inside": {"kind": "body_statement"}},
    {"kind": "call", "has": {"field": "method", "regex": "^(require|require_relative|autoload)$"}},
    {"any": [{"kind": "scope_resolution"}, {"kind": "constant"}], "not": {"any": [IN_NAME, *DEFINED]}},
)
STRING = re.compile(r"""['"]([^'"#]+)['"]""")
NAMED = re.compile(r"(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*")


def read_ruby(nodes: list[SgNode]) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the nodes that match `RULES` define, require and name.

    A constant is found by its name, as Ruby's own loaders do: what a file names counts as an import of form
    `constant`, once, together with the modules it is named in.
    """
    symbols: list[CodeSymbol] = []
    imports: list[CodeImport] = []
    constants: dict[str, CodeImport] = {}
    nesting = Nesting("::")
    hidden: set[str] = set()
    for node in nodes:
        kind = node.kind()
        if not node.is_named() or (kind == "module" and node.is_leaf()):
            continue  # the keywords `class` and `module` have the kind of what they begin
        owner = nesting.owner_of(node)
        if kind in ("class", "module"):
            symbol = _container(node, kind, owner)
            hidden.discard(f"{owner}::{symbol.name}".lstrip(":"))
            nesting.enter(node, symbol.name)
            symbols.append(symbol)
        elif kind in ("method", "singleton_method"):
            name = field_text(node, "name")
            is_public = kind == "singleton_method" or owner not in hidden
            symbols.append(
                CodeSymbol(name, "method" if owner else "function", line_of(node), is_public, owner)
            )
        elif kind == "identifier":
            (hidden.discard if node.text() == "public" else hidden.add)(owner)
        elif kind == "call":
            imports += _required(node)
        elif NAMED.fullmatch(node.text()):
            constants.setdefault(node.text(), CodeImport(node.text(), "constant", line_of(node), (owner,)))
    return symbols, [*imports, *constants.values()]


def _container(node: SgNode, kind: str, owner: str) -> CodeSymbol:
    name = field_text(node, "name")
    above = field_text(node, "superclass").lstrip("< ").strip()
    bases = (named[0],) if (named := NAMED.match(above)) else ()
    return CodeSymbol(name, "class" if kind == "class" else "module", line_of(node), True, owner, bases)  # noqa: FBT003 - the record's field


def _required(node: SgNode) -> list[CodeImport]:
    given = STRING.findall(field_text(node, "arguments"))
    if not given:
        return []
    is_relative = field_text(node, "method") == "require_relative"
    return [CodeImport(given[-1], "require_relative" if is_relative else "require", line_of(node))]
