"""The checks of an attempt: which ones, on which tree, under which environment, and what is known already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from activities import environments
from activities.check_runner import check_name, run_checks
from activities.set_aside import remove_droppings
from activities.task_frame import TaskFrame
from activities.uninterrupted import uninterrupted
from activities.verified_trees import VerifiedTree, check_identity, environment_fingerprint
from planner.machine.git_commits import tree_of
from planner.machine.work_folder import WorkFolder
from schemas.acceptance_checks import AcceptanceCheck, CommandCheck
from schemas.activity_io import CheckResult
from schemas.tasks import PlanCommand

ENVIRONMENT_TREE = "environment-tree"
STARTS_SOMETHING = frozenset({"verify", "command"})


async def prepare_environment(frame: TaskFrame, work: WorkFolder, commit: str) -> CheckResult | None:
    """Build the environment of a worktree that is exactly a commit; return the step that failed, or None."""
    await uninterrupted(_note_environment, frame, commit)
    results = await environments.prepare_environment(frame.bench(work), frame.plan.setup)
    return next((result for result in results if result.verdict != "green"), None)


def _note_environment(frame: TaskFrame, commit: str) -> None:
    frame.memory.write(ENVIRONMENT_TREE, tree_of(frame.folders.common, commit))


@dataclass(frozen=True, slots=True)
class CheckList:
    """The checks to run; their results stand in the same order, verify commands first."""

    verify: tuple[PlanCommand, ...]
    acceptance: tuple[AcceptanceCheck, ...] = ()
    repeated: bool = False
    """Whether it is a second run: nothing is reused then, and nothing remembered."""

    def again(self, places: Collection[int]) -> CheckList:
        """Return the checks at these places, for a second run."""
        first = len(self.verify)
        return CheckList(
            tuple(check for number, check in enumerate(self.verify) if number in places),
            tuple(check for number, check in enumerate(self.acceptance, first) if number in places),
            repeated=True,
        )


def all_checks(frame: TaskFrame) -> CheckList:
    """Return the plan's verify commands and the task's own checks."""
    return CheckList(frame.verify, tuple(frame.task.acceptance_checks))


async def run_attempt_checks(
    frame: TaskFrame, work: WorkFolder, commit: str, checks: CheckList, *, worked_on: bool
) -> tuple[CheckResult, ...]:
    """Return the results of checks on a worktree whose tracked files are exactly those of a commit.

    What the checks leave in the worktree is removed: they look, they do not work. Where somebody has worked,
    nothing is remembered (see `VerifiedTree.worked_on`).
    """
    tree = await uninterrupted(tree_of, frame.folders.common, commit)
    known = _verified(frame, tree, frame.memory.read(ENVIRONMENT_TREE) or tree)
    results = await _run(frame, work, checks, replace(known, worked_on=worked_on))
    if any(result.kind in STARTS_SOMETHING and not result.reused for result in results):
        await uninterrupted(remove_droppings, frame, work, commit)
    return results


async def checks_on_tree(
    frame: TaskFrame, work: WorkFolder, commit: str, checks: CheckList
) -> tuple[CheckResult, ...]:
    """Return the checks on a fresh worktree with an environment of its own, as a landing needs them."""
    tree = await uninterrupted(tree_of, frame.folders.common, commit)
    results = await environments.prepare_environment(frame.bench(work), frame.plan.setup)
    red = tuple(result for result in results if result.verdict != "green")
    return red or await _run(frame, work, checks, _verified(frame, tree, tree))


async def _run(
    frame: TaskFrame, work: WorkFolder, checks: CheckList, known: VerifiedTree
) -> tuple[CheckResult, ...]:
    verified = None if checks.repeated else known
    return await run_checks(frame.bench(work), checks.verify, checks.acceptance, verified)


def known_checks(frame: TaskFrame, tree: str, *, own: bool = True) -> tuple[CheckResult, ...] | None:
    """Return the results on a tree when every one of them is known, else None.

    A check that looks at files is never known: its command may have to write them first.
    """
    acceptance = frame.task.acceptance_checks if own else ()
    if any(not isinstance(check, CommandCheck) for check in acceptance):
        return None
    verified = _verified(frame, tree, tree)
    found: list[CheckResult] = []
    wanted: list[tuple[str, PlanCommand | CommandCheck]] = [("verify", check) for check in frame.verify]
    wanted += [("command", check) for check in acceptance if isinstance(check, CommandCheck)]
    for kind, check in wanted:
        result = verified.lookup(check_identity(check))
        if result is None:
            return None
        found.append(result.model_copy(update={"name": _name(check), "kind": kind}))
    return tuple(found)


def unacceptable(before: tuple[CheckResult, ...], after: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """Return what forbids to accept a tree: own checks that are not green, verify commands that turned red.

    A verify command that was not green before is not blamed on the work.
    """
    was_red = {check.name for check in before if check.kind == "verify" and check.verdict != "green"}
    return tuple(
        check
        for check in after
        if check.verdict != "green" and not (check.kind == "verify" and check.name in was_red)
    )


def _name(check: PlanCommand | CommandCheck) -> str:
    return check_name(check.script if isinstance(check, PlanCommand) else check.cmd)


def _verified(frame: TaskFrame, tree: str, environment_tree: str) -> VerifiedTree:
    environment = environment_fingerprint(frame.plan.setup, environment_tree, frame.env_pass)
    return VerifiedTree(frame.folders.tasks / "verified", tree, environment)
