"""Resources of a codebase that tasks cannot use all at once, each with the place that shows it (seed 001)."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from planner.codebase.ci_commands import is_deployment
from planner.codebase.ci_jobs import CiJob
from planner.codebase.code_facts import FileFacts
from planner.codebase.compose_services import COMPOSE, ComposeService
from planner.codebase.paths_of_tests import is_test_path
from schemas.tasks import SharedResource

MIGRATION_FILE = re.compile(
    r"(?:^|/)(?:migrations?/(?:[^/]+/)?(?!__init__)[^/]+\.(?:py|sql|rb|js|ts|go)|db/migrate/[^/]+\.rb"
    r"|alembic/versions/[^/]+\.py|migrations?/[^/]+/migration\.sql|V\d+(?:[._]\d+)*__[^/]+\.sql)$"
)
MIGRATION_BASES = ("ActiveRecord::Migration", "migrations.Migration", "MigrationInterface")
SCHEMA_DUMP = re.compile(r"(?:^|/)db/(?:schema\.rb|structure\.sql)$")

LOCK_FILE = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|uv\.lock|poetry\.lock"
    r"|Pipfile\.lock|pdm\.lock|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock|mix\.lock)$"
)
GENERATED_FILE = re.compile(
    r"(?:_pb2(?:_grpc)?\.pyi?|\.pb(?:\.\w+)?\.go|_pb\.[jt]s|\.g\.dart)$|(?:^|/)(?:__generated__|generated)/"
)
DATABASES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "postgres": r"postgres|postgis|timescale|pgvector",
        "mysql": r"mysql|percona",
        "mariadb": r"mariadb",
        "mongo": r"mongo",
        "redis": r"redis|valkey",
        "sqlserver": r"mssql|azure-sql",
        "oracle": r"oracle",
        "cockroach": r"cockroach",
        "elasticsearch": r"elasticsearch|opensearch",
        "cassandra": r"cassandra|scylla",
        "clickhouse": r"clickhouse",
        "rabbitmq": r"rabbitmq",
        "kafka": r"kafka|redpanda",
    }.items()
}
WORKERS = re.compile(
    r"(?:pytest|py\.test)\b.*\s(?:-n|--numprocesses)[ =](\d+)|--(?:parallel|workers)[ =](\d+)"
)
MOST_LOCK_FILES = 5
MOST_NAMES = 20
UNSAFE = re.compile(r"[^A-Za-z0-9]+")


def find_shared_resources(
    paths: tuple[str, ...],
    facts: Mapping[str, FileFacts],
    jobs: tuple[CiJob, ...],
    composed: tuple[ComposeService, ...],
) -> dict[str, SharedResource]:
    """Return the resources by name; `location` is the file, with a line where one says it, or the folder."""
    own = tuple(path for path in paths if not is_test_path(path))
    found = (
        *_migrations(own, facts),
        *_deployments(jobs),
        *_environments(jobs),
        *_compose(own),
        *_databases(jobs, composed),
        *_lock_files(own),
        *_generated(own, facts),
    )
    return dict(found)


def _exclusive(location: str, constraint: str, reason: str) -> SharedResource:
    return SharedResource(
        type="exclusive", capacity=1, location=location, constraint=constraint, reason=reason
    )


def _migrations(
    paths: tuple[str, ...], facts: Mapping[str, FileFacts]
) -> Iterator[tuple[str, SharedResource]]:
    files = [path for path in paths if MIGRATION_FILE.search(path) or _is_migration(facts.get(path))]
    if files:
        counts = Counter(posixpath.dirname(path) or "." for path in files)
        folders = sorted(counts, key=lambda folder: (-counts[folder], folder))
        more = f" and {len(folders) - 1} more folders" if len(folders) > 1 else ""
        many = "1 migration" if len(files) == 1 else f"{len(files)} migrations"
        reason = (
            f"{many} in {folders[0]}{more}: each follows the one before, and two made at once cannot both be "
            "the last"
        )
        yield "database_migrations", _exclusive(folders[0], "sequential_only", reason)
    dump = next((path for path in paths if SCHEMA_DUMP.search(path)), None)
    if dump is not None:
        reason = "the dump of the schema is written anew as a whole by each migration"
        yield "database_schema", _exclusive(dump, "one_at_a_time", reason)


def _is_migration(found: FileFacts | None) -> bool:
    return found is not None and any(
        base.endswith(MIGRATION_BASES) for symbol in found.symbols for base in symbol.bases
    )


def _deployments(jobs: Iterable[CiJob]) -> Iterator[tuple[str, SharedResource]]:
    deploying = [job for job in jobs if is_deployment(job)]
    if deploying:
        first = deploying[0]
        names = ", ".join(dict.fromkeys(job.name for job in deploying))
        group = next((f"; CI keeps {job.group!r} to one" for job in deploying if job.group), "")
        yield (
            "deployment_pipeline",
            _exclusive(
                f"{first.path}:{first.line}",
                "one_at_a_time",
                f"one deployment at a time (jobs: {names}){group}",
            ),
        )


def _environments(jobs: Iterable[CiJob]) -> Iterator[tuple[str, SharedResource]]:
    places: dict[str, CiJob] = {}
    for job in jobs:
        if job.environment:
            places.setdefault(job.environment, job)
    for name, job in sorted(places.items())[:MOST_NAMES]:
        reason = f"there is one environment {name}: what two tasks deploy there at once is neither's"
        yield f"environment_{_slug(name)}", _exclusive(f"{job.path}:{job.line}", "one_at_a_time", reason)


def _compose(paths: tuple[str, ...]) -> Iterator[tuple[str, SharedResource]]:
    location = next((path for path in paths if COMPOSE.search(path)), None)
    if location is not None:
        reason = "its services have fixed names and ports, so that it runs once on a machine"
        yield "test_environment", _exclusive(location, "one_at_a_time", reason)


def _databases(
    jobs: Iterable[CiJob], composed: Iterable[ComposeService]
) -> Iterator[tuple[str, SharedResource]]:
    """Yield the services that hold data, with as many units as CI shows that it uses at once."""
    places: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for job in jobs:
        kinds: dict[str, list[str]] = defaultdict(list)
        for service in job.services:
            kind = _database(f"{service.name} {service.image}")
            if kind is not None:
                kinds[kind].append(f"{job.path}:{service.line}")
        for kind, lines in kinds.items():
            units, why = _units(job, len(lines))
            places[kind].append((units, lines[0], why))
    for item in composed:
        kind = _database(f"{item.name} {item.image}")
        if kind is not None:
            places[kind].append((1, f"{item.path}:{item.line}", "its services run once on a machine"))
    for kind, shown in sorted(places.items()):
        units, location, why = max(shown, key=lambda entry: entry[0])
        counted = f"{units} at once: {why}"
        yield (
            f"test_database_{kind}",
            SharedResource(type="shared_limited", capacity=units, location=location, reason=counted),
        )


def _units(job: CiJob, services: int) -> tuple[int, str]:
    """Return how many units of a database a job shows, and by what."""
    named = (
        (int(found[1] or found[2]), command.line)
        for command in job.commands
        if (found := WORKERS.search(command.script))
    )
    workers, line = max(named, default=(0, 0))
    shown = [(services, f"CI starts {services} of it beside job {job.name}")]
    if job.parallel is not None:
        shown.append((job.parallel, f"CI runs job {job.name} {job.parallel} times at once"))
    if workers:
        shown.append((workers, f"CI tests with {workers} processes in line {line} of {job.path}"))
    return max(shown, key=lambda entry: entry[0])


def _database(text: str) -> str | None:
    return next((name for name, pattern in DATABASES.items() if pattern.search(text)), None)


def _lock_files(paths: tuple[str, ...]) -> Iterator[tuple[str, SharedResource]]:
    files = sorted(
        (path for path in paths if LOCK_FILE.search(path)), key=lambda path: (path.count("/"), path)
    )
    for number, path in enumerate(files[:MOST_LOCK_FILES]):
        name = "dependency_lock" if number == 0 else f"dependency_lock_{_slug(path)}"
        reason = "a lock file is rewritten as a whole, so that two changes of it cannot be merged"
        yield name, _exclusive(path, "one_at_a_time", reason)


def _generated(
    paths: tuple[str, ...], facts: Mapping[str, FileFacts]
) -> Iterator[tuple[str, SharedResource]]:
    files = [
        path for path in paths if GENERATED_FILE.search(path) or (path in facts and facts[path].is_generated)
    ]
    if files:
        location = files[0] if len(files) == 1 else posixpath.commonpath(files) or "."
        what = "1 file is" if len(files) == 1 else f"{len(files)} files are"
        reason = f"{what} written by a generator, as a whole: {files[0]} for one; generate, do not edit"
        yield "generated_code", _exclusive(location, "one_at_a_time", reason)


def _slug(name: str) -> str:
    return UNSAFE.sub("_", name).strip("_").lower()[:40] or "unnamed"
