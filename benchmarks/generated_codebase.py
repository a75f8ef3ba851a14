"""A codebase of as many files as wanted, in five languages, as large as real ones, the same each time."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

_WORDS = """
order customer invoice parcel stock price report user session token payment address basket voucher shipment
supplier warehouse category search filter page cache queue worker event metric account ledger
"""
WORDS = _WORDS.split()
SEED = 7
FUNCTIONS = 14


def make_codebase(folder: Path, files: int) -> None:
    """Write the files, each importing some of the ones before, and commit them."""
    choose = random.Random(SEED)  # noqa: S311 - the same codebase each time, nothing secret
    makers: tuple[Callable[[int, random.Random], tuple[str, str]], ...] = (
        _python,
        _typescript,
        _go,
        _rust,
        _ruby,
    )
    names = ("Cargo.toml", "src/lib.rs", "go.mod")
    texts = (
        '[package]\nname = "generated"\nversion = "0.1.0"\n',
        "".join(f"pub mod part{number};\n" for number in range(3, files, len(makers))),
        "module example.invalid/generated\n",
    )
    for name, text in zip(names, texts, strict=True):
        _write(folder / name, text)
    for number in range(files - len(names)):
        name, text = makers[number % len(makers)](number, choose)
        _write(folder / name, text)
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Begin")):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _name(choose: random.Random) -> str:
    return "_".join(choose.sample(WORDS, 2))


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _earlier(number: int, choose: random.Random) -> list[int]:
    """Return numbers of files of the same language that come before."""
    before = range(number % 5, number, 5)
    return sorted(choose.sample(before, min(3, len(before))))


def _python(number: int, choose: random.Random) -> tuple[str, str]:
    lines = [f"from app.part{other} import Base{other}" for other in _earlier(number, choose)]
    lines += ["", f"class Base{number}:", f'    """Keeps the {_name(choose)}."""', ""]
    for place in range(FUNCTIONS):
        lines += [f"    def {_name(choose)}_{place}(self, given: int) -> int:"]
        lines += [f'        """Return the {_name(choose)} of the {_name(choose)}."""']
        lines += ["        total = 0", "        for item in range(given):", "            if item % 2:"]
        lines += [f"                total += item * {place}", "        return total", ""]
    return f"app/part{number}.py", "\n".join(lines)


def _typescript(number: int, choose: random.Random) -> tuple[str, str]:
    lines = [f"import {{ Base{other} }} from './part{other}';" for other in _earlier(number, choose)]
    lines += [f"export interface Shape{number} {{ {_name(choose)}: string; size: number }}"]
    lines += [f"export class Base{number} implements Shape{number} {{"]
    for place in range(FUNCTIONS):
        lines += [
            f"  /** Returns the {_name(choose)}. */",
            f"  {_name(choose)}_{place}(given: number): number {{",
        ]
        lines += ["    let total = 0;", "    for (let item = 0; item < given; item++) {"]
        lines += [f"      if (item % 2) total += item * {place};", "    }", "    return total;", "  }"]
    return f"web/part{number}.ts", "\n".join([*lines, "}", ""])


def _go(number: int, choose: random.Random) -> tuple[str, str]:
    imports = [
        f'\tpart{other} "example.invalid/generated/go/part{other}"' for other in _earlier(number, choose)
    ]
    lines = [f"package part{number}", "", "import (", *imports, ")", "", f"type Base{number} struct {{}}", ""]
    for place in range(FUNCTIONS):
        lines += [
            f"// Returns the {_name(choose)}.",
            f"func (b Base{number}) {_camel(_name(choose))}{place}(n int) int {{",
        ]
        lines += ["\ttotal := 0", "\tfor i := 0; i < n; i++ {", f"\t\ttotal += i * {place}", "\t}"]
        lines += ["\treturn total", "}", ""]
    return f"go/part{number}/part.go", "\n".join(lines)


def _rust(number: int, choose: random.Random) -> tuple[str, str]:
    lines = [f"use crate::part{other}::Base{other};" for other in _earlier(number, choose)]
    lines += ["", f"pub struct Base{number};", "", f"impl Base{number} {{"]
    for place in range(FUNCTIONS):
        lines += [
            f"    /// Returns the {_name(choose)}.",
            f"    pub fn {_name(choose)}_{place}(n: u32) -> u32 {{",
        ]
        lines += [
            "        let mut total = 0;",
            "        for item in 0..n {",
            f"            total += item * {place};",
        ]
        lines += ["        }", "        total", "    }", ""]
    return f"src/part{number}.rs", "\n".join([*lines, "}", ""])


def _ruby(number: int, choose: random.Random) -> tuple[str, str]:
    lines = [f"require 'part{other}'" for other in _earlier(number, choose)]
    lines += ["", f"class Base{number}"]
    for place in range(FUNCTIONS):
        lines += [
            f"  # Returns the {_name(choose)}.",
            f"  def {_name(choose)}_{place}(given)",
            "    total = 0",
        ]
        lines += [
            "    given.times do |item|",
            f"      total += item * {place}",
            "    end",
            "    total",
            "  end",
            "",
        ]
    return f"lib/part{number}.rb", "\n".join([*lines, "end", ""])
