"""The survey of real repositories, held against counts that were made in another way."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from benchmarks.independent_counts import independent_counts
from benchmarks.survey_counts import share_off, survey_counts
from planner.codebase.existing_capabilities import nearest_existing
from planner.codebase.relevant_files import relevant_files
from planner.codebase.repository_files import list_repository_files
from planner.codebase.source_reading import DEFAULT_OPTIONS, read_sources
from planner.codebase.survey import survey
from tests.end_to_end.published_package.source_distribution import network_environment
from tests.end_to_end.published_sources.source_packages import cobra, flask, rxjs

# Python is counted by its own parser; lines that look like code in a string make the other counts too high.
EXACT, NEARLY = 0.0, 0.02
RELATIVE = re.compile(r"^(?:import|export)\b[^;'\"]*?(?:\bfrom\s*)?['\"](\.[^'\"]*)['\"]", re.MULTILINE)

Fetch = Callable[[Path, Mapping[str, str]], Path]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return network_environment(tmp_path / "uv-cache")


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("fetch", "language", "tolerance", "least"),
    [
        (flask, "Python", EXACT, {"classes": 60, "functions": 400, "methods": 300, "imports": 400}),
        (rxjs, "TypeScript", NEARLY, {"classes": 30, "functions": 200, "interfaces": 70, "imports": 1000}),
        (cobra, "Go", NEARLY, {"functions": 400, "methods": 160, "types": 15, "imports": 180}),
    ],
)
def test_the_counts_of_a_real_repository_are_those_of_another_way_to_count(
    tmp_path: Path,
    environment: dict[str, str],
    fetch: Fetch,
    language: str,
    tolerance: float,
    least: dict[str, int],
) -> None:
    root = fetch(tmp_path, environment)
    facts = read_sources(list_repository_files(root), DEFAULT_OPTIONS).facts
    ours, theirs = survey_counts(facts)[language], independent_counts(root, facts)[language]
    assert set(ours) == set(theirs)
    for what, count in theirs.items():
        assert share_off(ours[what], count) <= tolerance, (what, ours[what], count)
        assert count >= least.get(what, 0), "the other way to count finds nothing"
    assert [path for path, found in facts.items() if found.broken_line is not None] == []


@pytest.mark.timeout(400)
def test_the_imports_of_flask_are_those_that_its_modules_name(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    root = flask(tmp_path, environment)
    edges = survey(root).imports.edges
    package = root / "src" / "flask"
    modules = {path.relative_to(root).as_posix() for path in package.rglob("*.py")}
    for path in sorted(modules):
        assert set(edges.get(path, ())) >= _relative_imports(root, path), path
        assert set(edges.get(path, ())) <= modules, path


@pytest.mark.timeout(400)
def test_every_relative_import_of_rxjs_leads_to_a_file_and_a_request_to_the_right_one(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    root = rxjs(tmp_path, environment)
    found = survey(root)
    named = {
        (path, (root / path).parent.joinpath(target).resolve())
        for path in found.words
        for target in RELATIVE.findall((root / path).read_text(encoding="utf-8"))
    }
    led = {(path, target) for path, targets in found.imports.edges.items() for target in targets}
    assert share_off(len(led), len(named)) <= NEARLY
    request = "Let debounceTime also take a function"
    assert relevant_files(found, request)[0].path == "src/internal/operators/debounceTime.ts"
    assert nearest_existing(found, request)[0].path == "src/internal/operators/debounceTime.ts"
    assert found.analysis.extension_points
    assert [item.script for item in found.commands][:1] == ["npm test"]


def _module_files(stem: Path) -> list[Path]:
    return [file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.exists()]


def _relative_imports(root: Path, path: str) -> set[str]:
    """Return the modules that a file imports by a relative name, read with Python's own parser."""
    here = (root / path).parent
    found: set[Path] = set()
    for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here.joinpath(*[".."] * (node.level - 1), *(node.module or "").split(".")).resolve()
            found |= {file for name in node.names for file in _module_files(base / name.name)} or set(
                _module_files(base)
            )
    return {file.relative_to(root.resolve()).as_posix() for file in found} - {path}
