"""What every test gets: an environment of its own, and a real Temporal server for those that ask for one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest
from hypothesis import settings

from tests.isolated_environment import isolate_environment
from tests.stray_writes import WatchedPlaces

if TYPE_CHECKING:  # importing temporalio takes a second, which tests without a server need not wait for
    from workers.dev_server import DevServer

WATCHED = WatchedPlaces(
    checkout=Path(__file__).resolve().parent.parent,
    home=Path.home(),
    state=platformdirs.user_state_path("tasks-on-temporal"),
)
SESSION = pytest.StashKey[pytest.Session]()
SEEN_BEFORE = pytest.StashKey[frozenset[str]]()
STRAY = pytest.StashKey[list[str]]()

# A build machine may start us as a background job, which ignores Ctrl-C; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before any test module is imported: some read the environment as they are.
PRIVATE = Path(tempfile.mkdtemp(prefix="tasks-tests-"))
isolate_environment(os.environ, PRIVATE)

# The same examples everywhere: a red build means a change. `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("explore", deadline=None, database=None, max_examples=2000)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--guard-writes",
        action="store_true",
        help="fail if the checkout, the home or the state folder has changed when the tests end",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[SESSION] = session
    if session.config.getoption("--guard-writes"):
        session.config.stash[SEEN_BEFORE] = WATCHED.look()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    before = session.config.stash.get(SEEN_BEFORE, None)
    if before is not None:
        stray = sorted(WATCHED.look() ^ before)
        session.config.stash[STRAY] = stray
        if stray and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    stray = config.stash.get(STRAY, [])
    if stray:
        terminalreporter.section("written outside of temporary folders", red=True)
        for line in stray:
            terminalreporter.line(line)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process here, after all reports, when temporalio was used.

    temporalio 1.35 can crash the interpreter while that tears itself down (one run in four, by SIGABRT or
    SIGSEGV), which would turn a green run red. Nothing after this hook has anything left to do.
    """
    shutil.rmtree(PRIVATE, ignore_errors=True)
    session = config.stash.get(SESSION, None)
    if session is not None and "temporalio" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(session.exitstatus))


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    """Temporal's command. It is never made here: that takes minutes, and a test has a time limit."""
    from workers.temporal_binary import locate_temporal

    found = locate_temporal(os.environ)
    if found is None:
        pytest.fail("Temporal's development server is not on this machine: run `make temporal` once.")
    return found


@pytest.fixture(scope="session")
def temporal_server(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """A real server on a port of its own, with an empty database; all tests of a run share it."""
    from workers.dev_server import free_port, start_dev_server, stop_dev_server

    folder = tmp_path_factory.mktemp("temporal-server")
    starting = start_dev_server(
        temporal_binary,
        port=free_port(),
        ui_port=None,
        database=folder / "temporal.db",
        log_path=folder / "server.log",
    )
    server = asyncio.run(starting)
    yield server
    stop_dev_server(server)
