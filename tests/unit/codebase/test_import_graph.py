"""Which file imports which, in the way of each language; nothing leads out of the codebase."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from planner.codebase.file_facts import has_grammar, read_facts
from planner.codebase.import_graph import import_graph, is_import_configuration


def edges(files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what each file imports."""
    facts = {path: read_facts(path, text) for path, text in files.items() if has_grammar(path)}
    configurations = {path: text for path, text in files.items() if is_import_configuration(path)}
    return {path: list(targets) for path, targets in import_graph(files, facts, configurations).edges.items()}


def test_python_finds_modules_packages_and_names_taken_from_them() -> None:
    files = {
        "src/shop/__init__.py": "from shop.cart import Cart\n",
        "src/shop/cart.py": (
            "from . import money\nfrom .store.files import Files\nimport shop.store\nimport json\n"
        ),
        "src/shop/money.py": "",
        "src/shop/store/__init__.py": "from ..money import *\n",
        "src/shop/store/files.py": "from shop import cart\nfrom shop.nowhere import x\n",
        "tests/test_cart.py": "import shop.cart\nfrom tests import fixtures\n",
        "tests/fixtures.py": "",
    }
    assert edges(files) == {
        "src/shop/__init__.py": ["src/shop/cart.py"],
        "src/shop/cart.py": ["src/shop/money.py", "src/shop/store/__init__.py", "src/shop/store/files.py"],
        "src/shop/store/__init__.py": ["src/shop/money.py"],
        "src/shop/store/files.py": ["src/shop/cart.py"],
        "tests/test_cart.py": ["src/shop/cart.py", "tests/fixtures.py"],
    }


def test_python_prefers_the_nearest_of_two_packages_and_never_a_script_for_the_library() -> None:
    files = {
        "one/app/__init__.py": "",
        "one/app/core.py": "",
        "one/app/run.py": "import app.core\nimport types\n",
        "two/app/__init__.py": "",
        "two/app/core.py": "",
        "two/app/run.py": "from app import core\n",
        "tools/types.py": "",
    }
    assert edges(files) == {"one/app/run.py": ["one/app/core.py"], "two/app/run.py": ["two/app/core.py"]}


def test_python_scripts_know_the_modules_beside_them() -> None:
    assert edges({"bin/run.py": "import tools\n", "bin/tools.py": "", "other.py": "import tools\n"}) == {
        "bin/run.py": ["bin/tools.py"]
    }


def test_typescript_finds_relative_files_indexes_and_sources_of_built_names() -> None:
    files = {
        "src/a.ts": (
            "import './b'; import x from './c'; export * from '../lib/d.js'; import react from 'react';\n"
        ),
        "src/b.tsx": "const late = import('.');\n",
        "src/index.ts": "import data from './data.json'; import '../../outside';\n",
        "src/c/index.ts": "",
        "src/data.json": "{}",
        "lib/d.ts": "",
        "outside.ts": "",
    }
    assert edges(files) == {
        "src/a.ts": ["lib/d.ts", "src/b.tsx", "src/c/index.ts"],
        "src/b.tsx": ["src/index.ts"],
        "src/index.ts": ["src/data.json"],
    }


def test_typescript_follows_the_paths_of_the_nearest_tsconfig_and_what_it_extends() -> None:
    files = {
        "tsconfig.base.json": (
            '{"compilerOptions": {"baseUrl": ".", "paths": {"@core/*": ["packages/core/src/*"]}}}'
        ),
        "packages/web/tsconfig.json": '{ // as everybody writes it\n "extends": "../../tsconfig.base", }',
        "packages/web/src/app.ts": (
            "import '@core/log'; import 'packages/core/src/plain'; import '@other/x';\n"
        ),
        "packages/core/src/log.ts": "",
        "packages/core/src/plain.ts": "",
        "packages/own/tsconfig.json": (
            '{"compilerOptions": {"paths": {"~/*": ["./lib/*", "./src/*"], "~/one": ["./one.ts"]}}}'
        ),
        "packages/own/src/x.ts": "import '~/y'; import '~/one'; import '@core/log';\n",
        "packages/own/src/y.ts": "",
        "packages/own/one.ts": "",
    }
    assert edges(files) == {
        "packages/web/src/app.ts": ["packages/core/src/log.ts", "packages/core/src/plain.ts"],
        "packages/own/src/x.ts": ["packages/own/one.ts", "packages/own/src/y.ts"],
    }


def test_typescript_finds_the_packages_of_its_workspace_by_name() -> None:
    files = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/core/package.json": (
            '{"name": "@shop/core", "main": "dist/index.js", "exports": {".": {"import": "./dist/index.js"}, '
            '"./log/*": "./dist/log/*.js"}}'
        ),
        "packages/core/src/index.ts": "",
        "packages/core/src/log/file.ts": "",
        "packages/plain/package.json": '{"name": "plain"}',
        "packages/plain/index.js": "",
        "packages/plain/deep/part.js": "",
        "packages/web/src/app.js": (
            "import '@shop/core'; import '@shop/core/log/file';\n"
            "require('plain'); require('plain/deep/part');\n"
        ),
    }
    assert edges(files) == {
        "packages/web/src/app.js": [
            "packages/core/src/index.ts",
            "packages/core/src/log/file.ts",
            "packages/plain/deep/part.js",
            "packages/plain/index.js",
        ]
    }


def test_configurations_that_extend_each_other_or_are_no_json_do_no_harm() -> None:
    files = {
        "tsconfig.json": '{"extends": "./tsconfig.other.json"}',
        "tsconfig.other.json": '{"extends": "./tsconfig.json"}',
        "part/tsconfig.json": '{"extends": "../tsconfig.other.json"}',
        "broken/tsconfig.json": "{{{",
        "broken/package.json": "[" * 100_000,
        "odd/package.json": '{"name": "' + '\\"' * 200_000,
        "odd/tsconfig.json": "{" + "/*" * 200_000,
        "many/tsconfig.json": '{"extends": ["./tsconfig.a.json", "./tsconfig.b.json", "./tsconfig.c.json"]}',
        **{
            f"many/tsconfig.{name}.json": '{"extends": ["./tsconfig.a", "./tsconfig.b", "./tsconfig.c"]}'
            for name in "abc"
        },
        "many/x.ts": "import 'react'",
        "odd/y.ts": "import 'react'",
        "part/a.ts": "import './b'; import 'react';",
        "part/b.ts": "",
        "broken/c.ts": "import '../part/b';",
    }
    assert edges(files) == {"part/a.ts": ["part/b.ts"], "broken/c.ts": ["part/b.ts"]}


def test_go_finds_the_folders_of_its_modules() -> None:
    files = {
        "go.mod": "module example.com/shop // the shop\n\ngo 1.22\n",
        "main.go": 'package main\nimport (\n"fmt"\n"example.com/shop/store"\n"example.com/shop/tools/x"\n)\n',
        "store/store.go": 'package store\nimport "example.com/shop"\nimport "example.com/shopping/other"\n',
        "tools/go.mod": 'module "example.com/shop/tools"\n',
        "tools/x/x.go": "package x\n",
    }
    assert edges(files) == {"main.go": ["store", "tools/x"], "store/store.go": ["."]}


def test_rust_follows_module_trees_and_the_crates_of_a_workspace() -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["core", "app"]\n',
        "core/Cargo.toml": '[package]\nname = "shop-core"\n',
        "core/src/lib.rs": "pub mod store;\npub mod shape { pub mod square; }\nmod odd;\n",
        "core/src/store/mod.rs": "pub mod query;\nuse self::query::Find;\n",
        "core/src/store/query.rs": (
            "use super::super::shape::square::Square;\nuse crate::odd;\nuse std::io;\n"
        ),
        "core/src/shape/square.rs": "use crate::store::query::*;\n",
        "core/src/odd.rs": "mod inner;\n",
        "core/src/odd/inner.rs": "",
        "app/Cargo.toml": '[package]\nname = "app"\n',
        "app/src/main.rs": "use shop_core::store::query::Find;\nmod run;\nuse run::go;\n",
        "app/src/run.rs": "use serde::Serialize;\n",
    }
    assert edges(files) == {
        "core/src/lib.rs": ["core/src/odd.rs", "core/src/shape/square.rs", "core/src/store/mod.rs"],
        "core/src/store/mod.rs": ["core/src/store/query.rs"],
        "core/src/store/query.rs": ["core/src/odd.rs", "core/src/shape/square.rs"],
        "core/src/shape/square.rs": ["core/src/store/query.rs"],
        "core/src/odd.rs": ["core/src/odd/inner.rs"],
        "app/src/main.rs": ["app/src/run.rs", "core/src/store/query.rs"],
    }


def test_ruby_finds_what_is_required_and_the_constants_that_are_named() -> None:
    files = {
        "lib/shop.rb": "require 'shop/cart'\nmodule Shop; end\n",
        "lib/shop/cart.rb": (
            "module Shop\n  class Cart < Base::List\n    def total; Money.new; end\n  end\nend\n"
        ),
        "lib/shop/money.rb": "module Shop\n  class Money; end\nend\n",
        "app/models/base/list.rb": "module Base\n  class List; end\nend\n",
        "app/jobs/order_job.rb": "class OrderJob\n  CART = Shop::Cart\nend\n",
        "spec/cart_spec.rb": "require_relative '../lib/shop/cart'\nrequire 'json'\n",
    }
    assert edges(files) == {
        "lib/shop.rb": ["lib/shop/cart.rb"],
        "lib/shop/cart.rb": ["app/models/base/list.rb", "lib/shop/money.rb"],
        "app/jobs/order_job.rb": ["lib/shop/cart.rb"],
        "spec/cart_spec.rb": ["lib/shop/cart.rb"],
    }


@pytest.mark.parametrize("name", ["a.py", "a.ts", "a.go", "a.rs", "a.rb"])
def test_no_import_leads_out_of_the_codebase(name: str) -> None:
    texts = {
        "a.py": "from ........ import x\nfrom .. import y\n",
        "a.ts": "import '../../../etc/passwd'; import '/etc/passwd';\n",
        "a.go": 'package a\nimport "../../x"\n',
        "a.rs": '#[path = "../../../x.rs"] mod x;\nuse super::super::super::y;\n',
        "a.rb": "require_relative '../../../x'\n",
    }
    assert edges({name: texts[name], "Cargo.toml": '[package]\nname="a"\n[lib]\npath="a.rs"\n'}) == {}
