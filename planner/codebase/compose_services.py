"""The services of a codebase's compose files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner.codebase.paths_of_tests import is_test_path
from planner.codebase.repository_files import RepositoryFiles
from planner.codebase.yaml_nodes import child, entries, line_of, read_yaml, text_of

COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$")
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class ComposeService:
    """One service, and where it is declared."""

    path: str
    name: str
    image: str
    line: int


def read_compose_services(files: RepositoryFiles) -> tuple[ComposeService, ...]:
    """Return the services of the compose files that are not test data."""
    found = [path for path in files.paths if COMPOSE.search(path) and not is_test_path(path)]
    return tuple(
        ComposeService(path, name, text_of(child(service, "image")), line_of(service))
        for path in found[:MAX_FILES]
        for name, service in entries(child(read_yaml(files.read(path)), "services"))
    )
