"""Resources of a codebase that two tasks cannot use at once, found by the names of its files (seed 001)."""

from __future__ import annotations

import re

from schemas.tasks import SharedResource

RULES = (
    (
        "database_migrations",
        re.compile(
            r"(?:^|/)(?:migrations?/(?!__init__)[^/]+\.(?:py|sql|rb|js|ts)|alembic/versions/[^/]+\.py)$"
        ),
        "migrations follow one another: two made at once cannot both be the last",
    ),
    (
        "deployment_pipeline",
        re.compile(r"^\.github/workflows/[^/]*(?:deploy|release|publish)[^/]*\.ya?ml$", re.IGNORECASE),
        "one deployment at a time",
    ),
    (
        "test_environment",
        re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$"),
        "its services have fixed names and ports, so that it runs once on a machine",
    ),
    (
        "dependency_lock",
        re.compile(
            r"^(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|uv\.lock|poetry\.lock|Cargo\.lock|go\.sum)$"
        ),
        "a lock file is rewritten as a whole, so that two changes of it cannot be merged",
    ),
)


def find_shared_resources(paths: tuple[str, ...]) -> dict[str, SharedResource]:
    """Return the exclusive resources by name; `location` is the first file that shows one."""
    found: dict[str, SharedResource] = {}
    for name, pattern, reason in RULES:
        location = next((path for path in paths if pattern.search(path)), None)
        if location is not None:
            found[name] = SharedResource(type="exclusive", capacity=1, location=location, reason=reason)
    return found
