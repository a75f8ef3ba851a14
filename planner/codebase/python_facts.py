"""The symbols and imports of a Python file."""

from __future__ import annotations

from dataclasses import replace

from ast_grep_py import Rule, SgNode

from planner.codebase.code_facts import CodeImport, CodeSymbol
from planner.codebase.syntax_tree import Nesting, field_text, line_of

ABSTRACT_BASES = frozenset(("ABC", "Protocol", "ABCMeta"))
IN_FUNCTION: Rule = {"inside": {"kind": "function_definition", "stopBy": "end"}}
RULES: tuple[Rule, ...] = (
    {"kind": "class_definition", "not": IN_FUNCTION},
    {"kind": "function_definition", "not": IN_FUNCTION},
    {"kind": "decorated_definition", "has": {"kind": "decorator", "regex": "abstract"}},
    {"kind": "import_statement"},
    {"kind": "import_from_statement"},
    {"kind": "future_import_statement"},
)


def read_python(nodes: list[SgNode]) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the nodes that match `RULES` define and import."""
    symbols: list[CodeSymbol] = []
    imports: list[CodeImport] = []
    nesting = Nesting(".")
    places: dict[str, int] = {}
    for node in nodes:
        kind = node.kind()
        if kind == "import_statement":
            imports += [CodeImport(name, "module", line_of(node)) for name in _imported(node)]
        elif kind in ("import_from_statement", "future_import_statement"):
            imports.append(_from_import(node))
        elif kind == "decorated_definition":
            owner = nesting.owner_of(node)
            if owner in places:  # a class with an abstract method waits for somebody to write it
                symbols[places[owner]] = replace(symbols[places[owner]], is_open=True)
        elif kind in ("class_definition", "function_definition"):
            symbol = _symbol(node, nesting.owner_of(node))
            if kind == "class_definition":
                nesting.enter(node, symbol.name)
                places[f"{symbol.owner}.{symbol.name}".lstrip(".")] = len(symbols)
            symbols.append(symbol)
    return symbols, imports


def _symbol(node: SgNode, owner: str) -> CodeSymbol:
    name = field_text(node, "name")
    is_public = not any(part.startswith("_") for part in (*owner.split("."), name))
    if node.kind() == "function_definition":
        return CodeSymbol(name, "method" if owner else "function", line_of(node), is_public, owner)
    arguments = node.field("superclasses")
    given = [child for child in arguments.named_children() if child.kind() != "comment"] if arguments else []
    bases = tuple(_base(child) for child in given if child.kind() != "keyword_argument")
    metaclass = [field_text(child, "value") for child in given if field_text(child, "name") == "metaclass"]
    is_open = any(base.rpartition(".")[2] in ABSTRACT_BASES for base in (*bases, *metaclass))
    return CodeSymbol(name, "class", line_of(node), is_public, owner, bases, is_open)


def _base(node: SgNode) -> str:
    """Return the name of a base class, without what stands in brackets behind it."""
    return node.text().partition("[")[0].partition("(")[0].strip()


def _imported(node: SgNode) -> list[str]:
    return [_plain_name(child) for child in node.field_children("name")]


def _from_import(node: SgNode) -> CodeImport:
    names = [_plain_name(child) for child in node.field_children("name")]
    module = "".join(field_text(node, "module_name").split()) or "__future__"
    return CodeImport(module, "from", line_of(node), tuple(names) or ("*",))


def _plain_name(node: SgNode) -> str:
    name = field_text(node, "name") if node.kind() == "aliased_import" else node.text()
    return "".join(name.split())
