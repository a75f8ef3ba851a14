"""What is read from one source file: its symbols, imports and words. All of it is plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SymbolKind = Literal["class", "function", "method", "interface", "type", "constant", "module"]
ImportForm = Literal["module", "from", "path", "use", "mod", "require", "require_relative", "constant"]


@dataclass(frozen=True, slots=True)
class CodeSymbol:
    """Something a file defines and others may use; `line` begins at 1.

    `owner` is the class, module or type that it lies in; `bases` are the names it extends or implements;
    `is_open` says that it is made to be extended: an interface, a trait, a protocol, an abstract class.
    """

    name: str
    kind: SymbolKind
    line: int
    is_public: bool = True
    owner: str = ""
    bases: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class CodeImport:
    """One import as it is written: `target` and, for Python's `from`, the names taken out of it."""

    target: str
    form: ImportForm
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One source file.

    `broken_line` is the first line that its grammar does not understand; `is_generated` says that a program
    wrote the file and says so at its top, `is_cut` that it has more symbols or imports than are kept.
    """

    language: str
    lines: int
    symbols: tuple[CodeSymbol, ...] = ()
    imports: tuple[CodeImport, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    broken_line: int | None = None
    is_generated: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A symbol with the file it is defined in, and the name by which the codebase refers to it."""

    path: str
    qualified_name: str
    symbol: CodeSymbol
