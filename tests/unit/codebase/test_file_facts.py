"""What is read from single source files of each language."""

from __future__ import annotations

import pytest

from planner.codebase.file_facts import GRAMMARS, is_minified, read_facts

PYTHON = """\
import os.path as p, sys
from . import sibling
from ..above import (one as two, other)
if True:
    import late

class Store(abc.ABC):
    class Inner: ...
    @abc.abstractmethod
    async def get(self):
        def hidden(): ...
        class Hidden: ...
    def _private(self): ...

class Cache(Store, Generic[T], metaclass=Meta): ...
class Shape:
    @abstractmethod
    def area(self): ...
def build(): ...
"""
TYPESCRIPT = """\
import type { A } from './a';
import b = require('b');
export * from './c';
export abstract class Base<T> extends Other<T> implements One, Two {
  private secret() { function inner() {} }
  area(): number { return 1 }
}
export interface Shape extends Base2 { size: number }
export type Name = string;
export enum Colour { Red }
export const build = () => 1, LIMIT = 3;
function overloaded(a: string): void;
function overloaded(a: any) { return import('./late') }
class Quiet {}
export { overloaded as named };
namespace Tools { export function sharpen() {} }
"""
JAVASCRIPT = """\
const a = require('./a');
class Cart {}
function total() {}
function unseen() {}
module.exports = { Cart, total };
exports.extra = function () {};
"""
GO = """\
package shop

import (
	"fmt"
	store "example.com/shop/store"
)
type Shape interface{ Area() float64 }
type Square struct{ side float64 }
type (
	Name = string
	size int
)
func (s *Square) Area() float64 { type local int; return 1 }
func (l *List[T]) push() {}
func Build[T any](t T) {}
func hidden() {}
"""
RUST = """\
use crate::store::{self, Store, query::{Find, Order as By}};
pub use super::shape::*;
pub mod parts;
#[path = "odd/place.rs"]
mod odd;
pub trait Shape { fn area(&self) -> f64; }
pub(crate) struct Square;
impl Shape for Square { fn area(&self) -> f64 { fn inner() {} 1.0 } }
impl<T> List<T> { pub fn push(&self) {} fn hidden(&self) {} }
macro_rules! shape { () => {} }
#[cfg(test)]
mod tests { pub fn helper() {} }
cfg_if! {
    pub mod wrapped;
    cfg_b! {
        pub fn late() { html! { fn never() {} } }
    }
}
"""
RUBY = """\
require "json"
require_relative "../lib/store"
module Shop
  class Cart < Base::List
    include Enumerable
    def total; Money.new(Shop::Tax); end
    def self.build; end
    private
    def hidden; end
  end
end
"""


def symbols(path: str, text: str) -> dict[str, str]:
    """Return kind and marks of each symbol by owner and name: `-` for private, `+` for open."""
    return {
        f"{item.owner}/{item.name}".lstrip("/"): item.kind + "-" * (not item.is_public) + "+" * item.is_open
        for item in read_facts(path, text).symbols
    }


def imports(path: str, text: str) -> list[tuple[str, str, int]]:
    return [(item.form, item.target, item.line) for item in read_facts(path, text).imports]


def test_python_gives_classes_methods_functions_and_what_can_be_extended() -> None:
    assert symbols("a.py", PYTHON) == {
        "Store": "class+",
        "Store/Inner": "class",
        "Store/get": "method",
        "Store/_private": "method-",
        "Cache": "class",
        "Shape": "class+",
        "Shape/area": "method",
        "build": "function",
    }
    cache = next(item for item in read_facts("a.py", PYTHON).symbols if item.name == "Cache")
    assert (cache.bases, cache.line) == (("Store", "Generic"), 15)


def test_python_gives_every_import_with_its_names() -> None:
    found = read_facts("a.py", PYTHON).imports
    assert [(item.form, item.target, item.names, item.line) for item in found] == [
        ("module", "os.path", (), 1),
        ("module", "sys", (), 1),
        ("from", ".", ("sibling",), 2),
        ("from", "..above", ("one", "other"), 3),
        ("module", "late", (), 5),
    ]


def test_typescript_gives_what_is_exported_and_what_it_extends() -> None:
    assert symbols("a.ts", TYPESCRIPT) == {
        "Base": "class+",
        "Base/secret": "method-",
        "Base/area": "method",
        "Shape": "interface+",
        "Name": "type",
        "Colour": "type",
        "build": "function",
        "LIMIT": "constant",
        "overloaded": "function",
        "Quiet": "class-",
        "Tools": "module-",
        "Tools/sharpen": "function-",
    }
    base = read_facts("a.ts", TYPESCRIPT).symbols[0]
    assert base.bases == ("Other", "One", "Two")
    assert imports("a.ts", TYPESCRIPT) == [
        ("path", "./a", 1),
        ("path", "b", 2),
        ("path", "./c", 3),
        ("path", "./late", 13),
    ]


def test_tsx_is_read_with_its_own_grammar() -> None:
    found = read_facts("a.tsx", "export const Row = (p: Props) => <td>{p.name}</td>;\n")
    assert [item.name for item in found.symbols] == ["Row"]
    assert found.broken_line is None


def test_javascript_gives_what_its_modules_export() -> None:
    assert symbols("a.js", JAVASCRIPT) == {
        "a": "constant-",
        "Cart": "class",
        "total": "function",
        "unseen": "function-",
    }
    assert imports("a.js", JAVASCRIPT) == [("path", "./a", 1)]


def test_go_gives_types_functions_and_methods_with_their_receivers() -> None:
    assert symbols("a.go", GO) == {
        "Shape": "interface+",
        "Square": "class",
        "Name": "type",
        "size": "type-",
        "Square/Area": "method",
        "List/push": "method-",
        "Build": "function",
        "hidden": "function-",
    }
    assert imports("a.go", GO) == [("path", "fmt", 4), ("path", "example.com/shop/store", 5)]


def test_rust_gives_items_their_owners_and_the_paths_of_each_use() -> None:
    assert symbols("a.rs", RUST) == {
        "parts": "module",
        "odd": "module-",
        "Shape": "interface+",
        "Shape/area": "method",
        "Square": "class",
        "Square/area": "method",
        "List/push": "method",
        "List/hidden": "method-",
        "shape": "function",
        "tests": "module-",
        "tests/helper": "method-",
        "wrapped": "module",
        "late": "function",
    }
    assert next(item.line for item in read_facts("a.rs", RUST).symbols if item.name == "late") == 16
    assert imports("a.rs", RUST) == [
        ("use", "crate::store", 1),
        ("use", "crate::store::Store", 1),
        ("use", "crate::store::query::Find", 1),
        ("use", "crate::store::query::Order", 1),
        ("use", "super::shape", 2),
        ("mod", "parts", 3),
        ("mod", "path:odd/place.rs", 5),
        ("mod", "wrapped", 14),
    ]


def test_ruby_gives_classes_modules_methods_and_the_constants_it_names() -> None:
    assert symbols("a.rb", RUBY) == {
        "Shop": "module",
        "Shop/Cart": "class",
        "Shop::Cart/total": "method",
        "Shop::Cart/build": "method",
        "Shop::Cart/hidden": "method-",
    }
    found = imports("a.rb", RUBY)
    assert ("require", "json", 1) in found
    assert ("require_relative", "../lib/store", 2) in found
    assert {target for form, target, _ in found if form == "constant"} >= {
        "Base::List",
        "Enumerable",
        "Money",
        "Shop::Tax",
    }


@pytest.mark.parametrize("ending", sorted(GRAMMARS))
def test_every_rule_fits_its_grammar_and_an_empty_file_has_no_facts(ending: str) -> None:
    found = read_facts(f"a{ending}", "")
    assert (found.symbols, found.imports, found.lines, found.broken_line) == ((), (), 0, None)


def test_what_is_broken_is_named_by_its_line_and_the_rest_is_read() -> None:
    found = read_facts("a.py", "def good(): ...\n\ndef (:\n\nclass Fine: ...\n")
    assert found.broken_line == 3
    assert "good" in {item.name for item in found.symbols}


def test_a_file_without_a_grammar_has_words_only() -> None:
    found = read_facts("A.java", "class OrderBook {}\n")
    assert (found.language, found.symbols, dict(found.words)) == (
        "Java",
        (),
        {"class": 1, "order": 1, "book": 1},
    )


@pytest.mark.parametrize(
    ("head", "is_generated"),
    [
        ("// Code generated by protoc-gen-go. DO NOT EDIT.\n", True),
        ("# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n", True),
        ("/**\n * @generated SignedSource\n */\n", True),
        ('PATTERN = "code generated by x. do not edit"\n', False),
        ("# values generated by the clock\n", False),
    ],
)
def test_a_generated_file_says_so_in_its_first_comment(head: str, is_generated: bool) -> None:  # noqa: FBT001 - the expected answer
    assert read_facts("a.py", head + "x = 1\n").is_generated is is_generated


def test_text_written_by_a_machine_is_told_from_text_with_one_long_line() -> None:
    assert is_minified("var a=1;" * 2000)
    assert not is_minified("x = 1\n" * 2000 + "y = '" + "a" * 6000 + "'\n")
