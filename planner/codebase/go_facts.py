"""The symbols and imports of a Go file."""

from __future__ import annotations

import re

from ast_grep_py import Rule, SgNode

from planner.codebase.code_facts import CodeImport, CodeSymbol
from planner.codebase.syntax_tree import field_text, line_of

IN_BLOCK: Rule = {"inside": {"kind": "block", "stopBy": "end"}}
RULES: tuple[Rule, ...] = (
    {"kind": "function_declaration"},
    {"kind": "method_declaration"},
    {"kind": "type_spec", "not": IN_BLOCK},
    {"kind": "type_alias", "not": IN_BLOCK},
    {"kind": "import_spec"},
)
MOST_RECEIVER = 200  # characters
RECEIVER = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\s*\)$")


def read_go(nodes: list[SgNode]) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the nodes that match `RULES` define and import; public is what begins with a capital."""
    symbols: list[CodeSymbol] = []
    imports: list[CodeImport] = []
    for node in nodes:
        kind = node.kind()
        if kind == "import_spec":
            imports.append(CodeImport(field_text(node, "path").strip('"`'), "path", line_of(node)))
            continue
        name = field_text(node, "name")
        is_public = name[:1].isupper()
        if kind == "function_declaration":
            symbols.append(CodeSymbol(name, "function", line_of(node), is_public))
        elif kind == "method_declaration":
            receiver = RECEIVER.search(field_text(node, "receiver")[-MOST_RECEIVER:])
            owner = receiver[1] if receiver else ""
            symbols.append(
                CodeSymbol(name, "method", line_of(node), is_public and owner[:1].isupper(), owner)
            )
        elif kind in ("type_spec", "type_alias"):
            symbols.append(_type(node, name, is_public=is_public))
    return symbols, imports


def _type(node: SgNode, name: str, *, is_public: bool) -> CodeSymbol:
    what = node.field("type")
    shape = what.kind() if what is not None else ""
    if shape == "interface_type":
        return CodeSymbol(name, "interface", line_of(node), is_public, is_open=True)
    return CodeSymbol(name, "class" if shape == "struct_type" else "type", line_of(node), is_public)
