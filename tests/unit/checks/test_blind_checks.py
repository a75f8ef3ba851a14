import asyncio
import os
import shutil
from pathlib import Path

import pytest

from activities.blind_checks import broken_sources, probe_verify_commands, source_files
from activities.environments import prepare_environment
from activities.verified_trees import VerifiedTree, check_identity
from schemas.activity_io import CheckResult, ProbedCheck
from schemas.tasks import PlanCommand
from tests.unit.checks.conftest import Shop, verify

UNITTEST = "python3 -m unittest discover -s tests"
SITE = 'site=$(python -c "import site; print(site.getsitepackages()[0])")'
MAKE = f'python3 -m venv --without-pip "$TASKS_ENV"; PATH="$TASKS_ENV/bin:$PATH"; {SITE}'


def probe(shop: Shop, *plan: PlanCommand) -> tuple[tuple[ProbedCheck, ...], tuple[CheckResult, ...]]:
    result = asyncio.run(probe_verify_commands(shop.bench, plan))
    return result.probes, result.baseline


def write_package(shop: Shop) -> None:
    shop.write("src/shop/__init__.py", "")
    shop.write("src/shop/price.py", "def price() -> int:\n    return 3\n")
    shop.write(
        "tests/test_price.py",
        "import unittest\nfrom shop.price import price\n\n"
        "class PriceTest(unittest.TestCase):\n    def test_price(self): self.assertEqual(price(), 3)\n",
    )


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mode, file.stat().st_mtime_ns)
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_check_that_reads_the_plain_tree_sees(shop: Shop) -> None:
    write_package(shop)

    (found,), (baseline,) = probe(shop, verify(f"PYTHONPATH=src {UNITTEST}"))

    assert found.verdict == "sees"
    assert baseline.verdict == "green"


def test_a_check_that_reads_an_installed_copy_is_blind_and_the_user_is_told_what_to_do(shop: Shop) -> None:
    write_package(shop)
    (setup,) = asyncio.run(prepare_environment(shop.bench, [f'{MAKE}; cp -r src/shop "$site/"']))

    (found,), (baseline,) = probe(shop, verify(UNITTEST.replace("python3", "python")))

    assert (setup.verdict, baseline.verdict) == ("green", "green"), setup.excerpt + baseline.excerpt
    assert found.verdict == "blind"
    assert found.command == UNITTEST.replace("python3", "python")
    assert "src/shop/__init__.py and 1 more" in found.detail
    assert "editable" in found.detail


def test_a_check_that_reads_an_editable_installation_sees(shop: Shop) -> None:
    write_package(shop)
    asyncio.run(prepare_environment(shop.bench, [f'{MAKE}; echo "$PWD/src" > "$site/shop.pth"']))

    (found,), (baseline,) = probe(shop, verify(UNITTEST.replace("python3", "python")))

    assert (baseline.verdict, found.verdict) == ("green", "sees"), baseline.excerpt


def test_a_copy_that_shares_its_bytes_by_hard_links_does_not_break_along(shop: Shop) -> None:
    write_package(shop)
    asyncio.run(prepare_environment(shop.bench, [f'{MAKE}; cp -rl src/shop "$site/"']))

    (found,), _ = probe(shop, verify(UNITTEST.replace("python3", "python")))

    assert found.verdict == "blind"


def test_a_command_that_looks_at_no_code_is_blind_beside_one_that_sees(shop: Shop) -> None:
    write_package(shop)

    probes, _ = probe(shop, verify("echo fine"), verify(f"PYTHONPATH=src {UNITTEST}"))

    assert [found.verdict for found in probes] == ["blind", "sees"]


def test_a_command_that_is_red_already_is_unproven(shop: Shop) -> None:
    write_package(shop)

    (found,), (baseline,) = probe(shop, verify("echo missing tool; exit 7"))

    assert found.verdict == "unproven"
    assert "already red" in found.detail
    assert (baseline.verdict, baseline.excerpt) == ("red", "missing tool")


def test_without_a_source_file_nothing_can_be_proven(shop: Shop) -> None:
    shop.write("README.md", "text")
    shop.write("tests/test_x.py", "")

    (found,), _ = probe(shop, verify("test -f README.md"))

    assert found.verdict == "unproven"


def test_the_script_that_the_command_names_is_not_what_is_broken(shop: Shop) -> None:
    shop.write("check.sh", "exit 0\n")
    shop.write("src/code.py", "x = 1\n")

    (found,), _ = probe(shop, verify("sh check.sh"))

    assert found.verdict == "blind"


def test_a_command_that_hangs_on_broken_code_is_unproven(shop: Shop) -> None:
    shop.write("code.sh", "true\n")
    shop.bench = shop.with_changes(deadline_seconds=1.0)

    (found,), _ = probe(shop, verify("sh ./code*h || sleep 60"))

    assert found.verdict == "unproven"


def test_everything_is_put_back_as_it_was(shop: Shop) -> None:
    write_package(shop)
    executable = shop.write("run.sh", "#!/bin/sh\n")
    executable.chmod(0o755)
    os.utime(executable, (1, 1))
    before = contents(shop.work.path)

    probe(shop, verify(f"PYTHONPATH=src {UNITTEST}"), verify("python3 src/shop/price.py || rm -rf src/shop"))

    assert contents(shop.work.path) == before
    assert not list(shop.work.path.parent.glob("*.probe"))


def test_everything_is_put_back_when_the_probe_is_interrupted(shop: Shop) -> None:
    write_package(shop)
    before = contents(shop.work.path)

    def interrupted() -> None:
        with broken_sources(shop.work, ["src/shop/price.py"]):
            assert contents(shop.work.path) != before
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert contents(shop.work.path) == before


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("code.py", "python3 code.py"),
        ("code.sh", "sh code.sh"),
        ("code.js", "node code.js"),
        ("code.mjs", "node code.mjs"),
        ("code.go", "gofmt -l code.go"),
    ],
)
def test_no_tool_accepts_a_broken_file(shop: Shop, name: str, command: str) -> None:
    program, _, _ = command.partition(" ")
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed; a shell and Python show the same")
    shop.write(name, "package main\n" if name.endswith(".go") else "")
    good, _ = shop.run([verify(command), verify("true")])

    with broken_sources(shop.work, [name]):
        bad, _ = shop.run([verify(command), verify("true")])

    assert (good.verdict, bad.verdict) == ("green", "red"), good.excerpt


def test_sources_are_the_products_own_and_not_tests_builds_links_or_what_others_brought(shop: Shop) -> None:
    for path in (
        *("src/a.py", "lib/b.ts", "cmd/c.go", "tests/t.py", "src/a_test.go", "src/x.test.ts", "conftest.py"),
        *("node_modules/m/i.js", "build/lib/a.py", "dist/b.js", "jest.config.js", "setup.py", "README.md"),
    ):
        shop.write(path, "")
    (shop.work.path / "src/link.py").symlink_to(shop.work.path.parent / "elsewhere.py")

    assert list(source_files(shop.work.path)) == ["cmd/c.go", "lib/b.ts", "src/a.py"]
    assert list(source_files(shop.work.path, ["src/a.py", "gone.py"])) == ["src/a.py"]


def test_a_file_that_a_command_removes_from_the_untouched_copy_is_left_alone(shop: Shop) -> None:
    write_package(shop)

    (found,), _ = probe(shop, verify("rm -rf src"))

    assert found.verdict == "unproven"


def test_the_baseline_is_remembered_for_the_first_tasks_and_a_name_that_is_no_text_can_be_told(
    shop: Shop, tmp_path: Path
) -> None:
    shop.write("\udcff.py", "x = 1\n")
    verified = VerifiedTree(tmp_path / "verified", "a" * 40, "none")

    result = asyncio.run(probe_verify_commands(shop.bench, [verify("true")], verified=verified))

    assert verified.lookup(check_identity(verify("true"))) is not None
    assert "\\xff.py" in result.probes[0].detail
    assert result.model_dump_json()
