"""The symbols and imports of a TypeScript or JavaScript file."""

from __future__ import annotations

import re
from dataclasses import replace

from ast_grep_py import Rule, SgNode

from planner.codebase.code_facts import CodeImport, CodeSymbol, SymbolKind
from planner.codebase.syntax_tree import Nesting, field_text, line_of

IN_FUNCTION: Rule = {
    "inside": {
        "any": [
            {"kind": "function_declaration"},
            {"kind": "generator_function_declaration"},
            {"kind": "function_expression"},
            {"kind": "arrow_function"},
            {"kind": "method_definition"},
        ],
        "stopBy": "end",
    }
}
EXPORTED_VARIABLE: Rule = {
    "kind": "variable_declarator",
    "inside": {
        "any": [{"kind": "lexical_declaration"}, {"kind": "variable_declaration"}],
        "inside": {"any": [{"kind": "export_statement"}, {"kind": "program"}]},
    },
}
LOADING: Rule = {"kind": "call_expression", "has": {"field": "function", "regex": "^(require|import)$"}}
COMMON_EXPORT: Rule = {
    "kind": "assignment_expression",
    "has": {"field": "left", "regex": r"^(module\.)?exports(\.[A-Za-z_$][\w$]*)?$"},
}
JAVASCRIPT: tuple[Rule, ...] = (
    {"kind": "class_declaration", "not": IN_FUNCTION},
    {"kind": "function_declaration", "not": IN_FUNCTION},
    {"kind": "generator_function_declaration", "not": IN_FUNCTION},
    {"kind": "method_definition", "inside": {"kind": "class_body"}, "not": IN_FUNCTION},
    EXPORTED_VARIABLE,
    {"kind": "import_statement"},
    {"kind": "export_statement"},
    LOADING,
    COMMON_EXPORT,
)
TYPESCRIPT: tuple[Rule, ...] = (
    *JAVASCRIPT,
    {"kind": "abstract_class_declaration", "not": IN_FUNCTION},
    {"kind": "interface_declaration", "not": IN_FUNCTION},
    {"kind": "type_alias_declaration", "not": IN_FUNCTION},
    {"kind": "enum_declaration", "not": IN_FUNCTION},
    {"kind": "function_signature", "not": IN_FUNCTION},
    {"kind": "internal_module", "not": IN_FUNCTION},
)
KINDS: dict[str, SymbolKind] = {
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_signature": "function",
    "method_definition": "method",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "type",
    "internal_module": "module",
    "variable_declarator": "constant",
}
ENCLOSING = frozenset(
    ("class_declaration", "abstract_class_declaration", "internal_module", "interface_declaration")
)
FUNCTION_VALUES = frozenset(("arrow_function", "function_expression"))
MOST_HERITAGE = 1_000  # characters of a clause that says what a class extends
NAME = re.compile(r"[A-Za-z_$][\w$]*")
STRING = re.compile(r"""['"`]([^'"`\n]+)['"`]""")


def read_script(nodes: list[SgNode]) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the nodes that match the rules define and import; public is what is exported."""
    symbols: list[CodeSymbol] = []
    imports: list[CodeImport] = []
    exported: set[str] = set()
    nesting = Nesting(".")
    for node in nodes:
        kind = node.kind()
        if kind in ("import_statement", "export_statement", "call_expression"):
            imports += _loaded(node, kind)
            exported |= _named_exports(node, kind)
        elif kind == "assignment_expression":
            exported |= _common_exports(node)
        elif kind in KINDS:
            symbol = _symbol(node, kind, nesting.owner_of(node))
            if kind in ENCLOSING:
                nesting.enter(node, symbol.name)
            symbols.append(symbol)
    public = exported | {symbol.name for symbol in symbols if symbol.is_public and not symbol.owner}
    return [_published(symbol, public) for symbol in _once(symbols)], imports


def _symbol(node: SgNode, kind: str, owner: str) -> CodeSymbol:
    name = field_text(node, "name")
    role = KINDS[kind]
    value = node.field("value") if kind == "variable_declarator" else None
    if value is not None and value.kind() in FUNCTION_VALUES:
        role = "function"
    parents = node.ancestors()
    depth = 1 if kind == "variable_declarator" else 0
    is_public = len(parents) > depth and parents[depth].kind() == "export_statement"
    if role == "method":
        is_public = not name.startswith("#") and not node.text().startswith(("private", "protected"))
    is_open = kind in ("interface_declaration", "abstract_class_declaration")
    return CodeSymbol(name, role, line_of(node), is_public, owner, _bases(node, kind), is_open)


def _published(symbol: CodeSymbol, public: set[str]) -> CodeSymbol:
    """Return the symbol, public if it, or what it lies in, is exported somewhere in the file."""
    if not symbol.owner:
        return replace(symbol, is_public=symbol.name in public)
    is_reachable = symbol.owner.partition(".")[0] in public
    return replace(symbol, is_public=symbol.is_public and is_reachable)


def _once(symbols: list[CodeSymbol]) -> list[CodeSymbol]:
    """Return the symbols without the further signatures of an overloaded function."""
    found: dict[tuple[str, str, str], CodeSymbol] = {}
    for symbol in symbols:
        key = (symbol.owner, symbol.name, symbol.kind)
        if key in found and symbol.is_public:
            found[key] = replace(found[key], is_public=True)
        found.setdefault(key, symbol)
    return list(found.values())


def _bases(node: SgNode, kind: str) -> tuple[str, ...]:
    if kind not in ENCLOSING:
        return ()
    heritage = [
        child for child in node.children() if child.kind() in ("class_heritage", "extends_type_clause")
    ]
    names: list[str] = []
    for clause in heritage:
        for part in re.split(
            r"\b(?:extends|implements)\b|,", re.sub(r"<[^{}]*>", "", clause.text()[:MOST_HERITAGE])
        ):
            found = re.match(r"\s*([\w$.]+)", part)
            names += [found[1]] if found else []
    return tuple(names)


def _loaded(node: SgNode, kind: str) -> list[CodeImport]:
    if kind == "call_expression":
        given = STRING.match(field_text(node, "arguments").lstrip("( \n\t"))
    else:
        source = field_text(node, "source") or _required_source(node)
        given = STRING.match(source)
    return [CodeImport(given[1], "path", line_of(node))] if given else []


def _required_source(node: SgNode) -> str:
    """Return the source of `import name = require("path")`."""
    clause = next((child for child in node.children() if child.kind() == "import_require_clause"), None)
    return field_text(clause, "source") if clause is not None else ""


def _named_exports(node: SgNode, kind: str) -> set[str]:
    """Return what `export {a, b as c}` and `export default a` export of this file."""
    if kind != "export_statement" or node.field("source") is not None:
        return set()
    names: set[str] = set()
    for child in node.children():
        if child.kind() == "export_clause":
            specifiers = (part for part in child.children() if part.kind() == "export_specifier")
            names |= {field_text(specifier, "name") for specifier in specifiers}
        elif child.kind() == "identifier":
            names.add(child.text())
    return names


def _common_exports(node: SgNode) -> set[str]:
    """Return what `module.exports = …` and `exports.a = …` export."""
    left, right = field_text(node, "left"), node.field("right")
    names = {left.rpartition(".")[2]} if left.removeprefix("module.") != "exports" else set()
    if right is not None and right.kind() in ("identifier", "object"):
        names |= set(NAME.findall(right.text())) if right.kind() == "object" else {right.text()}
    return names
