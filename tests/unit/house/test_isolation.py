"""The tests' own fences: the environment they see, what they may write, and how their process ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.isolated_environment import isolate_environment
from tests.stray_writes import WatchedPlaces

CHECKOUT = Path(__file__).resolve().parents[3]


def run_pytest(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one test file under our conftest, in a process of its own whose home is folder/home."""
    home = folder / "home"
    home.mkdir()
    (folder / "test_planted.py").write_text(source)
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        *options,
        str(folder),
    ]
    variables = {**os.environ, "HOME": str(home)}
    return subprocess.run(argv, cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False)


def test_the_environment_of_a_test_is_scrubbed_but_keeps_the_cache_of_temporal(tmp_path: Path) -> None:
    environment = {
        "GIT_DIR": "/x",
        "TASKS_PORT": "1",
        "TEMPORAL_ADDRESS": "x",
        "XDG_STATE_HOME": "/x",
        "TASKS_TEMPORAL_CLI": "/opt/temporal",
        "TASKS_CACHE_DIR": "/cache",
        "PATH": "/bin",
    }
    isolate_environment(environment, tmp_path)
    assert environment == {
        "PATH": "/bin",
        "HOME": str(tmp_path / "home"),
        "TASKS_TEMPORAL_CLI": "/opt/temporal",
        "TASKS_CACHE_DIR": "/cache",
        "TASKS_STATE_DIR": str(tmp_path / "state"),
        "TASKS_TEMPORAL_DOWNLOAD": "never",
    }


def test_git_in_a_test_commits_as_the_test_author(tmp_path: Path) -> None:
    shown = subprocess.run(
        ["git", "var", "GIT_COMMITTER_IDENT"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("Test Author <author@tests.invalid>")


@pytest.mark.parametrize(("assertion", "code"), [("True", 0), ("False", 1)])
def test_a_run_that_used_temporalio_ends_with_its_own_exit_code_and_all_its_reports(
    tmp_path: Path, assertion: str, code: int
) -> None:
    source = f"import temporalio.client\n\n\ndef test_it() -> None:\n    assert {assertion}\n"
    report = tmp_path / "report.xml"
    result = run_pytest(tmp_path, source, f"--junitxml={report}")
    assert result.returncode == code, result.stdout + result.stderr
    assert f"1 {'failed' if code else 'passed'}" in result.stdout.splitlines()[-1]
    assert 'tests="1"' in report.read_text()


def test_a_run_that_writes_into_the_home_fails_and_names_the_file(tmp_path: Path) -> None:
    stray = tmp_path / "home" / "stray"
    source = f"from pathlib import Path\n\n\ndef test_it() -> None:\n    Path({str(stray)!r}).touch()\n"
    result = run_pytest(tmp_path, source, "--guard-writes")
    assert result.returncode == 1
    assert str(stray) in result.stdout
    assert "1 passed" in result.stdout


def test_each_watched_place_shows_what_was_written_there(tmp_path: Path) -> None:
    checkout, home, state = (tmp_path / name for name in ("checkout", "home", "state"))
    for folder in (checkout / "package", home, state, tmp_path / "worktrees"):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", checkout], check=True)
    (checkout / "package" / "module.py").touch()
    subprocess.run(["git", "-C", checkout, "add", "."], check=True)
    subprocess.run(["git", "-C", checkout, "commit", "--quiet", "-m", "Start"], check=True)
    places = WatchedPlaces(checkout, home, state)
    before = places.look()
    (checkout / ".pytest_cache").mkdir()
    assert places.look() == before
    for path in (checkout / "tasks_output", home / "a", state / "b", tmp_path / "worktrees" / "run"):
        path.mkdir()
        assert places.look() ^ before == {str(path)}
        path.rmdir()
    (checkout / "package" / "new.py").touch()
    assert places.look() ^ before == {"git status: ?? package/new.py"}
    (checkout / "package" / "new.py").unlink()
    subprocess.run(["git", "-C", checkout, "branch", "left-behind"], check=True)
    assert any("refs/heads/left-behind" in line for line in places.look() ^ before)
