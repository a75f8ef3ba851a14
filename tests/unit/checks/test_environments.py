import asyncio
import os
import sys
from pathlib import Path

from activities.environments import empty_environment, prepare_environment, remove_folder
from activities.script_environment import own_program_folders, script_environment
from tests.unit.checks.conftest import Shop


def test_every_setup_starts_in_an_empty_environment_beside_the_worktree(shop: Shop) -> None:
    (shop.work.environment / "old-copy").mkdir()
    for name in (".cache", ".cargo/registry", ".cargo/bin", ".local/bin"):
        (shop.work.home / name).mkdir(parents=True)
    (shop.work.home / ".m2").symlink_to(shop.work.home / ".cargo")

    results = asyncio.run(prepare_environment(shop.bench, ['touch "$TASKS_ENV/new"', "test -d .."]))

    assert [result.verdict for result in results] == ["green", "green"]
    assert [entry.name for entry in shop.work.environment.iterdir()] == ["new"]
    left = sorted(str(path.relative_to(shop.work.home)) for path in shop.work.home.rglob("*"))
    assert left == [".cache", ".cargo", ".cargo/registry"]
    assert list(shop.work.path.iterdir()) == []


def test_a_failed_setup_is_red_with_what_it_printed_and_the_next_one_is_not_run(shop: Shop) -> None:
    results = asyncio.run(
        prepare_environment(shop.bench, ["echo no such package >&2; false", "touch reached"])
    )

    (result,) = results
    assert (result.kind, result.verdict) == ("setup", "red")
    assert "exit code 1" in result.detail
    assert result.excerpt == "no such package"
    assert not (shop.work.path / "reached").exists()


def test_commands_see_a_virtual_environment_as_soon_as_setup_made_one(shop: Shop) -> None:
    script = 'mkdir -p "$TASKS_ENV/bin"; echo "${VIRTUAL_ENV-none}"; ln -s /bin/true "$TASKS_ENV/bin/python"'
    check = 'test "$VIRTUAL_ENV" = "$TASKS_ENV"; test "$(command -v python)" = "$TASKS_ENV/bin/python"'

    results = asyncio.run(prepare_environment(shop.bench, [script, check]))

    assert [result.verdict for result in results] == ["green", "green"]
    assert results[0].log is not None
    assert Path(results[0].log).read_text() == "none\n"


def test_a_script_sees_its_own_folders_and_nothing_of_ours(shop: Shop) -> None:
    outer = {
        **os.environ,
        "PATH": f"{Path(sys.prefix) / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": "/ours",
        "VIRTUAL_ENV": sys.prefix,
        "API_KEY": "secret",
        "DEPLOY_TOKEN": "passed",
        "GIT_DIR": "/elsewhere",
    }

    seen = script_environment(shop.work, outer, env_pass=("DEPLOY_TOKEN",))

    assert seen["HOME"] == str(shop.work.home)
    assert seen["TMPDIR"] == str(shop.work.temporary)
    assert seen["UV_PROJECT_ENVIRONMENT"] == seen["TASKS_ENV"] == str(shop.work.environment)
    assert seen["PATH"].split(":")[0] == str(shop.work.environment / "bin")
    assert str(Path(sys.prefix) / "bin") not in seen["PATH"].split(":")
    assert seen["DEPLOY_TOKEN"] == outer["DEPLOY_TOKEN"]
    assert not {"PYTHONPATH", "VIRTUAL_ENV", "API_KEY", "GIT_DIR"} & seen.keys()


def test_tests_run_in_a_virtual_environment_of_ours() -> None:
    assert own_program_folders()  # else the test above could not fail


def test_toolchains_and_caches_are_found_although_home_is_another(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "user" / ".rustup").mkdir(parents=True)
    (tmp_path / "own-cache").mkdir()
    outer = {"HOME": str(tmp_path / "user"), "UV_CACHE_DIR": str(tmp_path / "own-cache")}

    seen = script_environment(shop.work, outer)

    assert seen["RUSTUP_HOME"] == str(tmp_path / "user" / ".rustup")
    assert seen["UV_CACHE_DIR"] == str(tmp_path / "own-cache")
    assert "PYENV_ROOT" not in seen


def test_an_address_with_a_login_passes_only_when_the_plan_names_it(shop: Shop) -> None:
    with_login = {"HTTPS_PROXY": "https://me:secret@proxy:3128", "HTTP_PROXY": "http://proxy:3128"}

    assert "HTTPS_PROXY" not in script_environment(shop.work, with_login)
    assert script_environment(shop.work, with_login)["HTTP_PROXY"] == "http://proxy:3128"
    assert "HTTPS_PROXY" in script_environment(shop.work, with_login, env_pass=("HTTPS_PROXY",))


def test_write_protected_folders_of_a_cache_are_removed_and_links_are_not_followed(
    shop: Shop, tmp_path: Path
) -> None:
    protected = shop.work.environment / "mod"
    protected.mkdir()
    (protected / "file").touch()
    protected.chmod(0o500)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (shop.work.environment / "link").symlink_to(precious)

    empty_environment(shop.work)

    assert list(shop.work.environment.iterdir()) == []
    assert (precious / "file").exists()


def test_a_link_in_place_of_the_environment_is_removed_and_not_what_it_points_to(
    shop: Shop, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    remove_folder(shop.work.environment)
    shop.work.environment.symlink_to(precious)

    empty_environment(shop.work)

    assert (precious / "file").exists()
    assert not shop.work.environment.is_symlink()
