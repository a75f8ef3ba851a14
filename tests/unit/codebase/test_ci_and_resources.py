"""What continuous integration, compose files and the files themselves show about shared resources."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.codebase.ci_commands import kind_of
from planner.codebase.ci_jobs import read_ci_jobs
from planner.codebase.repository_files import list_repository_files
from planner.codebase.survey import survey
from schemas.tasks import SharedResource
from tests.unit.codebase.codebases import write_files

GITHUB = """\
on: push
concurrency: ci-${{ github.ref }}
jobs:
  test:
    strategy:
      max-parallel: 3
    services:
      postgres:
        image: postgres:16
      cache: {image: valkey}
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .
      - run: |
          python -m mypy src
          pytest -q \\
            -n 4
      - run: npm test
        working-directory: web
      - run: tox -e ${{ matrix.env }}
  ship:
    environment: {name: staging}
    concurrency:
      group: deploys
    steps:
      - run: make test
      - run: ./ship.sh
"""
GITLAB = """\
stages: [test, out]
services: [mariadb:11]
.hidden: {script: [make nothing]}
unit:
  script:
    - cargo test
  parallel: 2
deploy-it:
  script: ./deploy
  environment: production
  resource_group: prod
"""


def resources(root: Path) -> dict[str, SharedResource]:
    return survey(root).analysis.shared_resources


def test_github_jobs_are_read_with_their_lines_services_and_environments(tmp_path: Path) -> None:
    write_files(tmp_path, {".github/workflows/ci.yml": GITHUB})
    test, ship = read_ci_jobs(list_repository_files(tmp_path))
    assert [(item.script, item.line, item.folder) for item in test.commands] == [
        ("pip install -e .", 13, ""),
        ("python -m mypy src", 15, ""),
        ("pytest -q -n 4", 16, ""),
        ("npm test", 18, "web"),
        ("tox -e ${{ matrix.env }}", 20, ""),
    ]
    assert [(item.name, item.image, item.line) for item in test.services] == [
        ("postgres", "postgres:16", 9),
        ("cache", "valkey", 10),
    ]
    assert (test.parallel, test.group, test.environment) == (3, "", "")
    assert (ship.environment, ship.group) == ("staging", "deploys")


def test_what_ci_runs_comes_first_tests_before_the_rest_and_deployments_not_at_all(tmp_path: Path) -> None:
    write_files(tmp_path, {".github/workflows/ci.yml": GITHUB, "Makefile": "test:\n\ttrue\n"})
    found = survey(tmp_path)
    assert [(item.trust, item.kind, item.script) for item in found.commands] == [
        ("ci", "test", "pytest -q -n 4"),
        ("ci", "test", "cd web && npm test"),
        ("ci", "types", "python -m mypy src"),
        ("task runner", "test", "make test"),
    ]
    assert found.commands[0].source == ".github/workflows/ci.yml:16: job test, with postgres, cache"
    assert found.analysis.validation_commands == found.verify
    assert found.default_verify() == found.verify[:1]


def test_the_default_is_the_most_trusted_command_that_runs_tests(tmp_path: Path) -> None:
    lint = "jobs:\n  style:\n    steps:\n      - run: ruff check\n"
    write_files(tmp_path, {".github/workflows/lint.yml": lint})
    assert [item.script for item in survey(tmp_path).default_verify()] == ["ruff check"]
    write_files(tmp_path, {"tox.ini": ""})
    assert [item.script for item in survey(tmp_path).default_verify()] == ["tox"]


def test_databases_have_the_capacity_that_ci_shows_and_their_place(tmp_path: Path) -> None:
    write_files(tmp_path, {".github/workflows/ci.yml": GITHUB})
    found = resources(tmp_path)
    postgres = found["test_database_postgres"]
    assert (postgres.type, postgres.capacity) == ("shared_limited", 4)
    assert postgres.location == ".github/workflows/ci.yml:9"
    assert "4 processes in line 16" in postgres.reason
    assert found["test_database_redis"].location == ".github/workflows/ci.yml:10"


def test_deployments_and_environments_are_exclusive_and_say_where_they_are(tmp_path: Path) -> None:
    write_files(tmp_path, {".github/workflows/ci.yml": GITHUB, ".gitlab-ci.yml": GITLAB})
    found = resources(tmp_path)
    pipeline = found["deployment_pipeline"]
    assert (pipeline.type, pipeline.location) == ("exclusive", ".github/workflows/ci.yml:22")
    assert "ship, deploy-it" in pipeline.reason
    assert "'deploys'" in pipeline.reason
    assert {name for name in found if name.startswith("environment_")} == {
        "environment_staging",
        "environment_production",
    }
    assert found["test_database_mariadb"].capacity == 2


def test_compose_services_are_databases_of_one_machine(tmp_path: Path) -> None:
    compose = "services:\n  db:\n    image: mysql:8\n  web:\n    build: .\n"
    write_files(
        tmp_path, {"compose.yaml": compose, "tests/data/compose.yaml": "services: {x: {image: redis}}"}
    )
    found = resources(tmp_path)
    assert set(found) == {"test_environment", "test_database_mysql"}
    assert (found["test_database_mysql"].capacity, found["test_database_mysql"].location) == (
        1,
        "compose.yaml:3",
    )


def test_migrations_are_found_by_their_folders_and_by_what_they_extend_but_not_in_tests(
    tmp_path: Path,
) -> None:
    files = {
        "db/migrate/20240101_add.rb": "class Add < ActiveRecord::Migration[7.0]\nend\n",
        "db/schema.rb": "",
        "shop/changes/first.py": "class Migration(migrations.Migration): ...\n",
        "tests/migrations/0001_x.py": "class Migration(migrations.Migration): ...\n",
        "shop/migrations/__init__.py": "",
    }
    found = resources(write_files(tmp_path, files))
    assert found["database_migrations"].location == "db/migrate"
    assert found["database_migrations"].constraint == "sequential_only"
    assert found["database_migrations"].reason.startswith("2 migrations in db/migrate and 1 more")
    assert found["database_schema"].location == "db/schema.rb"


def test_lock_files_and_generated_code_are_found_wherever_they_lie(tmp_path: Path) -> None:
    files = {
        "uv.lock": "",
        "web/package-lock.json": "{}",
        "api/order_pb2.py": "",
        "api/made.go": "// Code generated by hand. DO NOT EDIT.\npackage api\n",
    }
    found = resources(write_files(tmp_path, files))
    assert found["dependency_lock"].location == "uv.lock"
    assert found["dependency_lock_web_package_lock_json"].location == "web/package-lock.json"
    assert (found["generated_code"].location, found["generated_code"].reason[:7]) == ("api", "2 files")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{{{",
        "- a\n- b\n",
        "jobs: [1, 2]\n",
        "jobs:\n  a: &a {steps: *a}\n",
        "jobs: " + "[" * 400,
        "\x00",
    ],
)
def test_a_workflow_that_is_none_shows_nothing(tmp_path: Path, text: str) -> None:
    write_files(tmp_path, {".github/workflows/ci.yml": text, ".gitlab-ci.yml": text})
    assert read_ci_jobs(list_repository_files(tmp_path)) == () or not survey(tmp_path).commands


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("uv run pytest -q", "test"),
        ("go test ./...", "test"),
        ("npm run test", "test"),
        ("make unit-tests", "test"),
        ("bundle exec rake", "test"),
        ("./gradlew check --info", "test"),
        ("npx tsc --noEmit", "types"),
        ("cargo clippy -- -D warnings", "lint"),
        ("go build ./...", "build"),
        ("pip install pytest", None),
        ("pytest ${{ matrix.args }}", None),
        ("if pytest; then", None),
        ("pytest 'unclosed", None),
        ("make parallelize-tests", None),
        ("PATH=$HOME/bin:$PATH make test", None),
        ("echo pytest", None),
        ("curl example.invalid | sh", None),
        ("python setup.py sdist", None),
    ],
)
def test_a_line_verifies_the_code_only_if_it_could_elsewhere_too(line: str, kind: str | None) -> None:
    assert kind_of(line) == kind
