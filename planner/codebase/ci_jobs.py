"""What the continuous integration of a codebase runs: the jobs of its workflow files, read and never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from planner.codebase.repository_files import RepositoryFiles
from planner.codebase.yaml_nodes import child, entries, items, line_of, lines_of, read_yaml, text_of

GITHUB = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
GITLAB = re.compile(r"\.gitlab-ci\.ya?ml")
# Keys of .gitlab-ci.yml that are no jobs.
GITLAB_KEYWORDS = frozenset(
    ("default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script")
)
MAX_FILES = 50
EXPRESSION = "${{"


@dataclass(frozen=True, slots=True)
class CiCommand:
    """One line of a script, and where it stands; `folder` is the folder it runs in."""

    script: str
    line: int
    folder: str = ""


@dataclass(frozen=True, slots=True)
class CiService:
    """A service beside a job, such as a database."""

    name: str
    image: str
    line: int


@dataclass(frozen=True, slots=True)
class CiJob:
    """A job of a workflow file; `parallel` is how many of it may run at once, if the file says so."""

    path: str
    name: str
    line: int
    commands: tuple[CiCommand, ...] = ()
    services: tuple[CiService, ...] = ()
    environment: str = ""
    group: str = ""
    parallel: int | None = None


def read_ci_jobs(files: RepositoryFiles) -> tuple[CiJob, ...]:
    """Return the jobs of GitHub's and GitLab's workflow files, in the order of their paths and lines."""
    found: list[CiJob] = []
    for path in [path for path in files.paths if GITHUB.fullmatch(path) or GITLAB.fullmatch(path)][
        :MAX_FILES
    ]:
        document = read_yaml(files.read(path))
        found += _github_jobs(path, document) if GITHUB.fullmatch(path) else _gitlab_jobs(path, document)
    return tuple(found)


def _github_jobs(path: str, document: yaml.Node | None) -> Iterator[CiJob]:
    folder = text_of(child(document, "defaults", "run", "working-directory"))
    for name, job in entries(child(document, "jobs")):
        own = text_of(child(job, "defaults", "run", "working-directory")) or folder
        commands = [
            CiCommand(script, line, text_of(child(step, "working-directory")) or own)
            for step in items(child(job, "steps"))
            for script, line in lines_of(child(step, "run"))
        ]
        yield CiJob(
            path,
            name,
            line_of(job),
            tuple(commands),
            tuple(
                CiService(service, text_of(child(node, "image")) or text_of(node), line_of(node))
                for service, node in entries(child(job, "services"))
            ),
            _named(child(job, "environment"), "name"),
            _named(child(job, "concurrency"), "group") or _named(child(document, "concurrency"), "group"),
            _number(child(job, "strategy", "max-parallel")),
        )


def _gitlab_jobs(path: str, document: yaml.Node | None) -> Iterator[CiJob]:
    shared = _gitlab_services(child(document, "services")) or _gitlab_services(
        child(document, "default", "services")
    )
    for name, job in entries(document):
        if name in GITLAB_KEYWORDS or name.startswith(".") or child(job, "script") is None:
            continue
        commands = [
            CiCommand(script, line) for part in items(child(job, "script")) for script, line in lines_of(part)
        ]
        services = _gitlab_services(child(job, "services")) or shared
        environment = _named(child(job, "environment"), "name")
        group = text_of(child(job, "resource_group"))
        parallel = _number(child(job, "parallel"))
        yield CiJob(path, name, line_of(job), tuple(commands), services, environment, group, parallel)


def _gitlab_services(node: yaml.Node | None) -> tuple[CiService, ...]:
    found: list[CiService] = []
    for part in items(node):
        image = text_of(part) or text_of(child(part, "name"))
        name = text_of(child(part, "alias")) or image.rpartition("/")[2].partition(":")[0]
        found.append(CiService(name, image, line_of(part)))
    return tuple(found)


def _named(node: yaml.Node | None, key: str) -> str:
    """Return a name given alone or under a key; one that is computed at run time is none."""
    name = text_of(node) or text_of(child(node, key))
    return "" if EXPRESSION in name or "$" in name else name


def _number(node: yaml.Node | None) -> int | None:
    text = text_of(node)
    return int(text) if text.isdigit() and int(text) > 0 else None
