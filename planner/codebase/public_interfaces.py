"""What a codebase offers: its public interfaces, its extension points, and what much of it builds on."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from planner.codebase.code_facts import CodeSymbol, FileFacts, PlacedSymbol
from planner.codebase.import_graph import ImportGraph
from planner.codebase.paths_of_tests import is_test_path
from planner.codebase.python_modules import module_name

MAX_NAMES = 200
MAX_COMPONENTS = 10
LEAST_IMPORTERS = 3
LEAST_HEIRS = 2
# Python files that are run, and not imported by others.
SCRIPTS = frozenset(("setup", "noxfile", "__main__"))
OFFERED = frozenset(("class", "function", "interface", "type", "constant"))
SCRIPT_ENDINGS = (".ts", ".tsx", ".mts", ".cts")
NESTED = frozenset(("Rust", "Ruby"))  # where a class usually lies in a module
RUST_FILES = re.compile(r"(?:^|/)(?:mod|lib|main)$")


@dataclass(frozen=True, slots=True)
class PublicInterfaces:
    """Names in order, where each is (file:line), and what was left out of the lists."""

    apis: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    extension_points: tuple[str, ...] = ()
    places: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()


def placed_symbols(facts: Mapping[str, FileFacts]) -> tuple[PlacedSymbol, ...]:
    """Return all symbols with their files and full names; what a private file holds is not public."""
    return tuple(_placed(path, found, symbol) for path, found in facts.items() for symbol in found.symbols)


def find_public_interfaces(
    facts: Mapping[str, FileFacts], symbols: tuple[PlacedSymbol, ...], graph: ImportGraph
) -> PublicInterfaces:
    """Return what others can use and extend; of many, what is imported most. Tests offer nothing."""
    importers = {target: len(paths) for target, paths in graph.importers().items()}
    offered = [placed for placed in symbols if _is_offered(placed, facts[placed.path])]
    apis, api_notes = _most_used(offered, importers, "public names")
    heirs = _heirs(symbols)
    bases = [placed for placed in offered if _is_extended(placed, heirs)]
    points, point_notes = _most_used(bases, importers, "extension points")
    components = dict(_components(facts, importers))
    places = {**components, **_places(bases, points), **_places(offered, apis)}
    return PublicInterfaces(apis, tuple(sorted(components)), points, places, (*api_notes, *point_notes))


def _placed(path: str, found: FileFacts, symbol: CodeSymbol) -> PlacedSymbol:
    separator = "::" if found.language in NESTED else "."
    parts = (_prefix(path, found.language), symbol.owner, symbol.name)
    return PlacedSymbol(path, separator.join(part for part in parts if part), symbol)


@lru_cache(maxsize=50_000)
def _prefix(path: str, language: str) -> str:
    """Return how a codebase speaks of the place a symbol lies in."""
    if language == "Python":
        return module_name(path)
    if language == "Go":
        return posixpath.dirname(path)
    if language == "Ruby":
        return ""
    stem = posixpath.splitext(path)[0].removesuffix(".d")
    if language == "Rust":
        inner = re.sub(r"(?:^|.*/)src/", "", stem)
        return RUST_FILES.sub("", inner).replace("/", "::")
    return stem.removesuffix("/index")


def _is_offered(placed: PlacedSymbol, found: FileFacts) -> bool:
    symbol = placed.symbol
    if not symbol.is_public or symbol.kind not in OFFERED or is_test_path(placed.path) or found.is_generated:
        return False
    if symbol.owner and found.language not in NESTED:
        return False
    if found.language == "Python":
        stem = posixpath.splitext(posixpath.basename(placed.path))[0]
        return stem not in SCRIPTS and not _is_private(placed.path)
    return not _is_hidden(placed.path)


def _is_private(path: str) -> bool:
    """Return whether a Python module is private: by an underscore or a dot somewhere in its path."""
    parts = posixpath.splitext(path)[0].split("/")
    return any(part.startswith(("_", ".")) and part != "__init__" for part in parts)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _most_used(
    found: list[PlacedSymbol], importers: Mapping[str, int], what: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return at most 200 names, those of the most imported files, in order; and what was left out."""
    used: dict[str, int] = {}
    for placed in found:
        count = importers.get(placed.path, 0) + importers.get(posixpath.dirname(placed.path) or ".", 0)
        used[placed.qualified_name] = max(used.get(placed.qualified_name, 0), count)
    kept = sorted(used, key=lambda name: (-used[name], name))[:MAX_NAMES]
    notes = (f"only {MAX_NAMES} of {len(used)} {what} are listed",) if len(used) > MAX_NAMES else ()
    return tuple(sorted(kept)), notes


def _heirs(symbols: tuple[PlacedSymbol, ...]) -> Counter[str]:
    """Return how many classes outside of the tests extend each name."""
    return Counter(
        base.rpartition("::")[2].rpartition(".")[2]
        for placed in symbols
        if not is_test_path(placed.path)
        for base in dict.fromkeys(placed.symbol.bases)
    )


def _is_extended(placed: PlacedSymbol, heirs: Counter[str]) -> bool:
    """Return whether a symbol is made to be extended, or is extended by several; a mere shape is not."""
    symbol = placed.symbol
    if symbol.kind == "interface" and placed.path.endswith(SCRIPT_ENDINGS):
        return heirs[symbol.name] > 0  # in TypeScript most interfaces describe data
    return symbol.is_open or (symbol.kind == "class" and heirs[symbol.name] >= LEAST_HEIRS)


def _components(facts: Mapping[str, FileFacts], importers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the files and packages that are imported most, with their places."""
    languages: dict[str, str] = defaultdict(str)
    for path, found in facts.items():
        languages[path] = found.language
    used = [path for path, count in importers.items() if count >= LEAST_IMPORTERS and not is_test_path(path)]
    for path in sorted(used, key=lambda path: (-importers[path], path))[:MAX_COMPONENTS]:
        language = languages[path]
        name = _prefix(path, language) if language in ("Python", "Rust", "TypeScript", "JavaScript") else path
        yield name or path, path


def _places(found: list[PlacedSymbol], names: tuple[str, ...]) -> dict[str, str]:
    wanted = frozenset(names)
    places: dict[str, str] = {}
    for placed in found:
        if placed.qualified_name in wanted:
            places.setdefault(placed.qualified_name, f"{placed.path}:{placed.symbol.line}")
    return places
