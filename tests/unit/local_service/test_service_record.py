from __future__ import annotations

from pathlib import Path

from tests.unit.local_service.daemon_process import daemon_process, record_of
from workers.service_end import end_service
from workers.service_record import read_service, running_service, write_service
from workers.state_folder import StateFolder, write_json

EARLIER_BOOT = "00000000-0000-4000-8000-000000000000"


def test_a_record_of_this_boot_is_adopted(state: StateFolder, tmp_path: Path) -> None:
    with daemon_process(tmp_path) as supervisor:
        record = record_of(supervisor.as_service("supervisor"))
        write_service(state, record)
        assert running_service(state) == record


def test_who_has_the_pids_of_a_service_of_an_earlier_boot_is_neither_adopted_nor_ended(
    state: StateFolder, tmp_path: Path
) -> None:
    with daemon_process(tmp_path) as stranger:
        roles = (stranger.as_service("supervisor"), stranger.as_service("worker"))
        write_service(state, record_of(*roles, boot=EARLIER_BOOT))
        assert running_service(state) is None
        assert end_service(state) is False
        assert stranger.alive()
    assert not state.service_file.exists()


def test_a_record_of_another_version_is_none(state: StateFolder) -> None:
    write_json(state.service_file, {"build": "0", "of": "another version"})
    assert read_service(state) is None
    assert end_service(state) is False


def test_a_torn_record_is_none(state: StateFolder) -> None:
    state.service_file.write_text('{"build": "0", "proc')
    assert read_service(state) is None
