from pathlib import Path

import pytest

from activities.verified_trees import VerifiedTree, check_identity, environment_fingerprint
from schemas.acceptance_checks import ArtifactCheck
from schemas.activity_io import CheckResult
from tests.unit.checks.conftest import Shop, command, verify

TREE = "a" * 40


@pytest.fixture
def known(tmp_path: Path) -> VerifiedTree:
    return VerifiedTree(tmp_path / "verified", TREE, "none")


def test_what_is_green_on_a_tree_is_not_measured_twice_and_what_is_red_is(
    shop: Shop, known: VerifiedTree
) -> None:
    plan = [verify("echo x >> ../count"), verify("echo y >> ../count; false")]

    first = shop.run(plan, verified=known)
    second = shop.run(plan, verified=known)

    assert (shop.work.path.parent / "count").read_text() == "x\ny\ny\n"
    assert [result.verdict for result in second] == [result.verdict for result in first] == ["green", "red"]
    assert [result.reused for result in second] == [True, False]


def test_another_tree_script_expectation_or_environment_is_measured(
    known: VerifiedTree,
) -> None:
    result = CheckResult(name="true", kind="command", verdict="green")
    identity = check_identity(command("true"))
    known.record(identity, result)

    assert known.lookup(identity) is not None
    assert known.lookup(check_identity(command("false"))) is None
    assert known.lookup(check_identity(command("true", exitCode=1))) is None
    assert VerifiedTree(known.folder, "b" * 40, "none").lookup(identity) is None
    assert VerifiedTree(known.folder, TREE, "other").lookup(identity) is None


def test_a_verify_command_and_the_same_check_of_a_task_are_one(known: VerifiedTree) -> None:
    assert check_identity(verify("pytest -q\n")) == check_identity(command("pytest -q"))


def test_what_says_more_about_the_machine_than_the_tree_is_not_remembered(
    shop: Shop, known: VerifiedTree
) -> None:
    shop.run([verify("kill -9 $$")], [command("true", coverageGte=0.5)], verified=known)

    assert not known.folder.exists()


def test_nothing_is_reused_when_a_check_looks_at_files(shop: Shop, known: VerifiedTree) -> None:
    plan = [verify("echo x >> ../count")]
    own = [ArtifactCheck.model_validate({"type": "artifact", "path": "a", "expect": {"exists": False}})]
    shop.run(plan, verified=known)

    shop.run(plan, own, verified=known)

    assert (shop.work.path.parent / "count").read_text() == "x\nx\n"


def test_a_spoilt_file_is_as_good_as_none(known: VerifiedTree) -> None:
    identity = check_identity(verify("true"))
    known.record(identity, CheckResult(name="true", kind="verify", verdict="green"))
    for file in known.folder.iterdir():
        file.write_bytes(b'{"name": ')

    assert known.lookup(identity) is None


def test_without_setup_the_tree_decides_nothing_about_the_environment() -> None:
    assert environment_fingerprint([], "a") == environment_fingerprint([], "b") == "none"
    assert environment_fingerprint(["x"], "a") != environment_fingerprint(["x"], "b")
    assert environment_fingerprint(["x"], "a") != environment_fingerprint(["x", "y"], "a")
    assert environment_fingerprint([], "a", ["KEY"]) != "none"
