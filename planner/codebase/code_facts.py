"""What is read from one source file: its symbols and imports, each with its line. All of it is plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SymbolKind = Literal["class", "function", "method", "interface", "type", "constant", "module"]


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
class PlacedSymbol:
    """A symbol with the file it is defined in, and the name by which the codebase refers to it."""

    path: str
    qualified_name: str
    symbol: CodeSymbol
