"""Judge a file of the worktree: that it is there, how large it is, and whether it is what it should be."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from activities.acceptance_check_files import OutsideWorktree, inside, read_report
from activities.acceptance_check_judgement import Judgement, at_once, green, red
from schemas.acceptance_checks import ArtifactCheck, ArtifactExpectation

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class _Invalid(Exception):
    """A file is not what it should be; the message says why."""


def judge_artifact(check: ArtifactCheck, worktree: Path) -> Judgement:
    """Return whether the file is what the check expects; a path out of the worktree is red."""
    try:
        place = inside(worktree, check.path)
        there = place.exists()
    except (OutsideWorktree, OSError) as error:
        return red(str(error))
    expect = check.expect
    if expect.exists is False:
        return red(f"{check.path} exists, and must not") if there else green(f"{check.path} does not exist")
    if not there:
        return red(f"{check.path} does not exist")
    return at_once([green(f"{check.path} exists"), *_size(check, place), *_content(check, place)])


def _size(check: ArtifactCheck, place: Path) -> list[Judgement]:
    if check.expect.minBytes is None:
        return []
    found = place.stat()
    if not stat.S_ISREG(found.st_mode):
        return [red(f"{check.path} is no regular file, so it has no size")]
    if found.st_size < check.expect.minBytes:
        return [red(f"{check.path} has {found.st_size} bytes, fewer than {check.expect.minBytes}")]
    return [green(f"has {found.st_size} bytes")]


def _content(check: ArtifactCheck, place: Path) -> list[Judgement]:
    wanted = [(name, parse) for name, expected, parse in _parsers(check.expect) if expected]
    if not wanted:
        return []
    try:
        content = read_report(place).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        return [red(f"{check.path} cannot be read: {error}")]
    return [_parsed(check.path, name, parse, content) for name, parse in wanted]


def _parsers(expect: ArtifactExpectation) -> tuple[tuple[str, bool | None, Callable[[str], str]], ...]:
    return (
        ("JSON", expect.validJSON, _check_json),
        ("YAML", expect.validYAML, _check_yaml),
        ("OpenAPI", expect.validOpenAPI, _check_openapi),
    )


def _parsed(path: str, name: str, parse: Callable[[str], str], content: str) -> Judgement:
    try:
        return green(parse(content))
    except (_Invalid, ValueError, yaml.YAMLError, RecursionError) as error:
        return red(f"{path} is not valid {name}: {str(error) or 'it is nested too deeply'}")


def _check_json(content: str) -> str:
    json.loads(content, parse_constant=_refuse_constant)
    return "is valid JSON"


def _refuse_constant(name: str) -> NoReturn:
    raise _Invalid(f"{name} is no JSON value")


def _check_yaml(content: str) -> str:
    count = sum(1 for _ in yaml.safe_load_all(content))
    if count == 0:
        raise _Invalid("there is no document in it")
    return "is valid YAML"


def _check_openapi(content: str) -> str:
    """Check what makes a document an OpenAPI description; the schemas in it are not followed."""
    document = yaml.safe_load(content)  # JSON is YAML, but for tabs that no generator writes
    if not isinstance(document, dict):
        raise _Invalid("it is no object")
    version = str(document.get("openapi") or document.get("swagger") or "")
    if not version.startswith(("3.", "2.0")):
        raise _Invalid("it names no version: `openapi: 3.x` (or `swagger: 2.0`) is missing")
    info = document.get("info")
    if not isinstance(info, dict) or not info.get("title") or info.get("version") is None:
        raise _Invalid("`info` must have a title and a version")
    paths = document.get("paths")
    if paths is None and version.startswith("3.1") and ("webhooks" in document or "components" in document):
        paths = {}
    if not isinstance(paths, dict):
        raise _Invalid("`paths` is missing or no object")
    operations = sum(_operations(path, item) for path, item in paths.items())
    return f"is OpenAPI {version} (checked: version, info, {len(paths)} paths, {operations} operations)"


def _operations(path: object, item: Any) -> int:  # noqa: ANN401 - whatever the file holds
    if not isinstance(path, str) or not path.startswith(("/", "x-")):
        raise _Invalid(f"the path {path!r} does not begin with '/'")
    if not isinstance(item, dict):
        raise _Invalid(f"the path {path} holds no object")
    found = [(name, operation) for name, operation in item.items() if name in _METHODS]
    for name, operation in found:
        if not isinstance(operation, dict) or not isinstance(operation.get("responses"), dict):
            raise _Invalid(f"{name} {path} has no responses")
    return len(found)
