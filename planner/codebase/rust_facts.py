"""The symbols and imports of a Rust file."""

from __future__ import annotations

import re
from dataclasses import replace

from ast_grep_py import Rule, SgNode

from planner.codebase.code_facts import CodeImport, CodeSymbol, SymbolKind
from planner.codebase.syntax_tree import Nesting, field_text, line_of, nodes_of

IN_FUNCTION: Rule = {"inside": {"kind": "function_item", "stopBy": "end"}}
KINDS: dict[str, SymbolKind] = {
    "function_item": "function",
    "function_signature_item": "function",
    "struct_item": "class",
    "enum_item": "type",
    "union_item": "type",
    "type_item": "type",
    "trait_item": "interface",
    "macro_definition": "function",
    "mod_item": "module",
}
RULES: tuple[Rule, ...] = (
    {"any": [{"kind": kind} for kind in KINDS], "not": IN_FUNCTION},
    {"kind": "impl_item", "not": IN_FUNCTION},
    {"kind": "use_declaration"},
    # `cfg_if! { … }` around items is text to the grammar: what is in the braces is parsed by itself.
    {
        "kind": "macro_invocation",
        "inside": {"any": [{"kind": "source_file"}, {"kind": "declaration_list"}]},
        "has": {"kind": "token_tree", "regex": r"^\{"},
    },
)
TEST_MODULE = re.compile(r"#\[cfg\(.*\btest\b.*\)\]")
PATH_ATTRIBUTE = re.compile(r'#\[path\s*=\s*"([^"]+)"\]')
DEEPEST_MACRO = 3
MOST_PATHS = 500  # of one `use`


def read_rust(nodes: list[SgNode], depth: int = 0) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the nodes that match `RULES` define and import; `pub(crate)` is public in the codebase.

    `depth` is in how many macros the nodes lie.
    """
    symbols: list[CodeSymbol] = []
    imports: list[CodeImport] = []
    nesting = Nesting("::")
    tests = Nesting("::")
    traits = Nesting("::")
    for node in nodes:
        kind = node.kind()
        owner = nesting.owner_of(node)
        if kind == "use_declaration":
            paths = _use_paths(field_text(node, "argument"))
            imports += [CodeImport(path, "use", line_of(node), (owner,)) for path in paths]
            continue
        if kind == "macro_invocation":
            inner = _in_macro(node, owner, depth)
            is_hidden = bool(tests.owner_of(node))
            symbols += [replace(item, is_public=item.is_public and not is_hidden) for item in inner[0]]
            imports += inner[1]
            continue
        name = field_text(node, "name") if kind != "impl_item" else _type_name(field_text(node, "type"))
        attribute = _attribute(node) if kind == "mod_item" else ""
        if kind == "mod_item" and node.field("body") is None:
            target = PATH_ATTRIBUTE.search(attribute)
            named = f"path:{target[1]}" if target else name
            imports.append(CodeImport(named, "mod", line_of(node), (owner,)))
        elif kind in ("mod_item", "impl_item", "trait_item"):
            nesting.enter(node, name)
        in_test, in_trait = tests.owner_of(node), traits.owner_of(node)
        if kind == "mod_item" and TEST_MODULE.search(attribute):
            tests.enter(node, name)
        if kind == "trait_item" or (kind == "impl_item" and node.field("trait") is not None):
            traits.enter(node, name)
        if kind in KINDS and not (kind == "type_item" and in_trait):
            symbols.append(_symbol(node, owner, is_public=not in_test and (bool(in_trait) or _is_pub(node))))
    return symbols, imports


def _in_macro(node: SgNode, owner: str, depth: int) -> tuple[list[CodeSymbol], list[CodeImport]]:
    """Return what the items in the braces of a macro define and import, placed in the file around it."""
    tree = next((child for child in node.children() if child.kind() == "token_tree"), None)
    if tree is None or depth >= DEEPEST_MACRO:
        return [], []
    above = line_of(tree) - 1
    symbols, imports = read_rust(nodes_of(tree.text()[1:-1], "rust", {"any": list(RULES)}), depth + 1)
    return (
        [
            replace(item, line=item.line + above, owner="::".join(filter(None, (owner, item.owner))))
            for item in symbols
        ],
        [
            replace(item, line=item.line + above, names=("::".join(filter(None, (owner, *item.names))),))
            for item in imports
        ],
    )


def _symbol(node: SgNode, owner: str, *, is_public: bool) -> CodeSymbol:
    kind = node.kind()
    role: SymbolKind = KINDS[kind]
    if role == "function" and owner and kind != "macro_definition":
        role = "method"
    name = field_text(node, "name")
    return CodeSymbol(name, role, line_of(node), is_public, owner, is_open=kind == "trait_item")


def _is_pub(node: SgNode) -> bool:
    first = node.child(0)
    return node.kind() == "macro_definition" or (first is not None and first.kind() == "visibility_modifier")


def _type_name(text: str) -> str:
    """Return the name of the type an `impl` is for, without its module and parameters."""
    return text.partition("<")[0].lstrip("&").rpartition("::")[2].strip()


def _attribute(node: SgNode) -> str:
    """Return the attributes directly before a node."""
    found: list[str] = []
    before = node.prev()
    while before is not None and before.kind() in ("attribute_item", "line_comment"):
        found.append(before.text())
        before = before.prev()
    return " ".join(found)


def _use_paths(text: str) -> list[str]:
    """Return the paths a `use` names: `a::{b, c::D as E}` is a::b and a::c::D."""
    tree = "".join(re.sub(r"\bas\s+\w+", "", text).split())
    found: list[str] = []
    prefixes = [""]
    current = ""
    for part in re.findall(r"[{},]|[^{},]+", tree):
        if part == "{":
            prefixes.append(prefixes[-1] + current)
            current = ""
        elif part in ("}", ","):
            found += [prefixes[-1] + current] if current else []
            current = ""
            if part == "}" and len(prefixes) > 1:
                prefixes.pop()
        else:
            current = part
    found += [prefixes[-1] + current] if current else []
    return [path.removesuffix("::self").removesuffix("::*") for path in found[:MOST_PATHS]]
