"""A process of the service that does not stay is told with what it said last, and with nothing older."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.local_service.daemon_process import daemon_process, record_of
from workers.log_tail import MOST_BYTES
from workers.restless_processes import restless_note, restless_processes
from workers.service_checks import service_check
from workers.service_record import RestlessProcess, write_service
from workers.state_folder import StateFolder, build_id

OLD = "error: what was wrong last week\n"


def note(state: StateFolder, log: str, begin: int) -> str:
    file = state.log("worker-1")
    file.parent.mkdir(parents=True)
    file.write_text(log)
    found = RestlessProcess(name="worker-1", times=4, log_begin=begin)
    return restless_note(state, found).partition("worker-1 of the local service ")[2]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("started\nerror: no room\n  free some\n", "error: no room"),
        ("started\nKilled\n", "Killed"),
        ("", "(empty)"),
        ("x\n" * MOST_BYTES + "error: in a flood\n", "error: in a flood"),
    ],
)
def test_the_last_words_are_those_of_the_last_one(state: StateFolder, said: str, shown: str) -> None:
    words = note(state, OLD + said, len(OLD))
    assert words == f"has ended 4 times in a row, at last with: {shown}"


def test_a_log_that_was_cut_meanwhile_says_nothing(state: StateFolder) -> None:
    assert note(state, "short\n", 1000).endswith("(empty)")


def test_the_record_and_the_doctor_name_it(state: StateFolder, tmp_path: Path) -> None:
    found = RestlessProcess(name="worker-1", times=4, log_begin=0)
    with daemon_process(tmp_path) as supervisor:
        calm = record_of(supervisor.as_service("supervisor")).model_copy(update={"build": build_id()})
        write_service(state, calm)
        assert restless_processes(state) == ()
        assert service_check(state).status == "ok"
        # An older version that reads the record would refuse a field it does not know.
        assert "restless" not in json.loads(state.service_file.read_text())
        write_service(state, calm.model_copy(update={"restless": (found,)}))
        assert restless_processes(state) == (found,)
        check = service_check(state)
        at_work = supervisor.as_service("worker").model_copy(update={"name": "worker-1"})
        processes = (*calm.processes, at_work)
        write_service(state, calm.model_copy(update={"restless": (found,), "processes": processes}))
        assert service_check(state).status == "warning", "it runs at the moment"
    assert check.status == "problem"
    assert "worker-1 of the local service has ended 4 times in a row" in check.detail
    assert str(state.log("worker-1")) in check.advice


def test_without_a_service_nothing_is_restless(state: StateFolder) -> None:
    assert restless_processes(state) == ()
