"""Which lines of the continuous integration verify the code, and in which way."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from planner.codebase.ci_jobs import CiCommand, CiJob

CommandKind = Literal["test", "types", "lint", "build"]
KINDS: Mapping[CommandKind, re.Pattern[str]] = {
    "test": re.compile(
        r"\b(?:pytest|py\.test|unittest|tox|nox|vitest|jest|mocha|karma|rspec|ctest|nextest|gotestsum)\b"
        r"|\b(?:go|cargo|mix|swift|dotnet|deno|bun|zig|dart|flutter) test\b"
        r"|\b(?:npm|pnpm|yarn|bun)(?: run)? test\b|\b(?:mvnw?)\b.*\b(?:test|verify)\b|\bgradlew? .*\bcheck\b"
        r"|\b(?:make|just|task|rake|invoke|hatch|gradlew?) (?:(?:unit|integration|functional|run|all)[-_:]?)?"
        r"tests?(?![\w./])|\bmake check\b|\brake(?: spec)?$"
        r"|\bmanage\.py test\b|\bruntests\.py\b|\bhatch run [\w.:-]*test|\bnode --test\b"
    ),
    "types": re.compile(
        r"\b(?:mypy|pyright|basedpyright|tsc|pyre|sorbet|srb tc)\b|\b(?:run )type-?s?-?check\b"
    ),
    "lint": re.compile(
        r"\b(?:ruff|flake8|pylint|eslint|golangci-lint|rubocop|clippy|staticcheck|shellcheck|biome|oxlint)\b"
        r"|\b(?:black|isort|prettier)\b.*--check|\bcargo fmt\b.*--check|\bgo vet\b|\bpre-commit run\b"
        r"|\b(?:npm|pnpm|yarn)(?: run)? lint\b|\b(?:make|just) lint\b"
    ),
    "build": re.compile(
        r"\b(?:go|cargo|swift) build\b|\b(?:npm|pnpm|yarn) run build\b|\byarn build\b|^make(?: build| all)?$"
    ),
}
# What prepares, publishes or depends on the machine of the CI does not verify the code here.
FOREIGN = re.compile(
    r"\$\{\{|\$\{?(?:GITHUB|CI|RUNNER|MATRIX)_?|\b(?:pip3?|uv pip|pipx|apt|apt-get|brew|gem|conda) install\b"
    r"|\b(?:npm|pnpm|yarn) (?:ci|install|add)\b|\b(?:go|cargo) install\b"
    r"|\b(?:curl|wget|sudo|docker|codecov|twine|export|echo)\b"
    r"|\bupload|\bdownload|>>|<<|\bpublish\b|\bdeploy\b|\bPATH="
)
CONTROL = re.compile(
    r"^(?:if|then|else|elif|fi|for|do|done|while|case|esac|function|set|\{|\}|#)(?:\s|$|;)|[;{(|&\\]$|;;"
)
DEPLOYS = re.compile(r"deploy|release|publish", re.IGNORECASE)


def is_deployment(job: CiJob) -> bool:
    """Return whether a job brings something to its users: by its environment, its name or its file's name.

    A job that verifies the code does not become a deployment by lying in a file such as release.yml.
    """
    if job.environment or DEPLOYS.search(job.name):
        return True
    is_named = DEPLOYS.search(job.path.rpartition("/")[2]) is not None
    return is_named and not any(kind_of(command.script) for command in job.commands)


def ci_commands(jobs: Iterable[CiJob]) -> Iterator[tuple[str, str, CommandKind]]:
    """Yield script, source and kind of each command that verifies the code: tests first, each once.

    A line counts if it stands by itself: no expression of the CI's own in it, no part of a longer statement.
    """
    found: dict[str, tuple[str, CommandKind]] = {}
    for job in jobs:
        if is_deployment(job):
            continue
        needs = f", with {', '.join(service.name for service in job.services)}" if job.services else ""
        for command in job.commands:
            kind = kind_of(command.script)
            script = _script(command)
            if kind is not None and script is not None:
                found.setdefault(script, (f"{job.path}:{command.line}: job {job.name}{needs}", kind))
    for wanted in KINDS:
        yield from ((script, source, kind) for script, (source, kind) in found.items() if kind == wanted)


def kind_of(script: str) -> CommandKind | None:
    """Return in which way a line verifies the code; None if it does not, or could not elsewhere."""
    if FOREIGN.search(script) or CONTROL.search(script):
        return None
    try:
        shlex.split(script)
    except ValueError:
        return None
    return next((kind for kind, pattern in KINDS.items() if pattern.search(script)), None)


def _script(command: CiCommand) -> str | None:
    """Return the line as it can be run at the top of the codebase; None if its folder is not known."""
    folder = command.folder.removeprefix("./").rstrip("/")
    if not folder or folder == ".":
        return command.script
    if "$" in folder or folder.startswith(("/", "..")):
        return None
    return f"cd {shlex.quote(folder)} && {command.script}"
