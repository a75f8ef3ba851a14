"""Run the checks of a task and of its plan in a worktree, and say how each came out (design 7.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from activities.acceptance_check_artifact import judge_artifact
from activities.acceptance_check_command import RanCommand, judge_command
from activities.acceptance_check_files import clock_of_the_disk
from activities.acceptance_check_judgement import Judgement
from activities.acceptance_check_metric import judge_metric
from activities.script_runner import Workbench, run_script
from activities.verified_trees import VerifiedTree, check_identity
from planner.machine.processes import ProgressLine
from schemas.acceptance_checks import (
    AcceptanceCheck,
    ArtifactCheck,
    CommandCheck,
    MetricCheck,
)
from schemas.activity_io import CheckResult
from schemas.execution import Feedback, Phase
from schemas.tasks import PlanCommand

LONGEST_NAME = 200


@dataclass(slots=True)
class _Round:
    """One round of checks: what ran so far. The same script is run once, however many checks judge it."""

    bench: Workbench
    verified: VerifiedTree | None
    began_ns: int
    total: int
    done: int = 0
    ran: dict[str, RanCommand] = field(default_factory=dict)


async def run_checks(
    bench: Workbench,
    verify: Sequence[PlanCommand],
    acceptance: Sequence[AcceptanceCheck] = (),
    verified: VerifiedTree | None = None,
) -> tuple[CheckResult, ...]:
    """Return the result of every check: the plan's verify commands, then the task's own, as listed.

    Commands run one after the other, before any file is looked at: they may write it. `bench.on_progress`
    is told which command begins.

    Args:
        bench: the worktree, with its environment prepared.
        verify: the plan's commands.
        acceptance: the task's checks.
        verified: what is already known of this very tree; known results are not measured again, and new
            ones are recorded. The worktree must be exactly this tree.
    """
    # A command that is not run writes no report, so nothing is reused when a check reads files.
    reads_files = any(not isinstance(check, CommandCheck) for check in acceptance)
    commands = [check for check in acceptance if isinstance(check, CommandCheck)]
    state = _Round(
        bench,
        None if reads_files else verified,
        clock_of_the_disk(bench.work),
        len(verify) + len(commands),
    )
    results = [await _verify(state, command) for command in verify]
    judged = {id(check): await _accept(state, check) for check in commands}
    return (*results, *(judged.get(id(check)) or _look(state, check) for check in acceptance))


async def _verify(state: _Round, command: PlanCommand) -> CheckResult:
    return await _command(state, "verify", CommandCheck(type="command", cmd=command.script))


async def _accept(state: _Round, check: CommandCheck) -> CheckResult:
    return await _command(state, "command", check)


async def _command(state: _Round, kind: str, check: CommandCheck) -> CheckResult:
    name, identity = check_name(check.cmd), check_identity(check)
    known = state.verified.lookup(identity) if state.verified else None
    state.done += 1
    if known is not None:
        return known.model_copy(update={"name": name, "kind": kind, "reused": True})
    repeated = check.cmd in state.ran
    ran = state.ran.get(check.cmd) or await _run(state, kind, check.cmd)
    judgement = judge_command(check.expect, ran)
    is_green = judgement.verdict == "green"
    result = CheckResult.model_validate(
        {
            "name": name,
            "kind": kind,
            "verdict": judgement.verdict,
            "detail": judgement.detail,
            "seconds": ran.result.duration_seconds,
            "excerpt": "" if is_green else state.bench.evidence.excerpt(ran.output.strip()),
            "log": str(ran.result.output_path),
            "reused": repeated,
            "ended": ran.ended_by_itself,
        }
    )
    if state.verified and ran.ended_by_itself and not repeated:
        state.verified.record(identity, result)
    return result


async def _run(state: _Round, kind: str, script: str) -> RanCommand:
    bench = state.bench
    if bench.on_progress:
        bench.on_progress(ProgressLine(100 * (state.done - 1) // state.total, check_name(script), 0))
    log = bench.evidence.log_path(f"{kind}-{state.done}")
    began_ns = clock_of_the_disk(bench.work)
    result = await run_script(bench, script, log)
    output = log.read_bytes().decode("utf-8", "replace")
    ran = state.ran[script] = RanCommand(result, output, bench.work.path, began_ns, bench.deadline_seconds)
    return ran


def _look(state: _Round, check: AcceptanceCheck) -> CheckResult:
    worktree = state.bench.work.path
    match check:
        case ArtifactCheck():
            return _looked(check.path, "artifact", judge_artifact(check, worktree))
        case MetricCheck():
            return _looked(check.name, "metric", judge_metric(check, worktree, state.began_ns))
        case CommandCheck():
            raise AssertionError("commands are judged before files are looked at")


def _looked(name: str, kind: str, judgement: Judgement) -> CheckResult:
    return CheckResult.model_validate(
        {"name": check_name(name), "kind": kind, "verdict": judgement.verdict, "detail": judgement.detail}
    )


def check_name(text: str) -> str:
    """Return what a person would type; a long script by its beginning and a hash, so that names differ."""
    text = text.strip()
    if len(text) <= LONGEST_NAME:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{text[: LONGEST_NAME - 12].rstrip()} … {digest}"


def compare(before: Sequence[CheckResult], after: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Return the regressions: the checks that are not green any more, though they were before."""
    were_green = {(check.kind, check.name) for check in before if check.verdict == "green"}
    return tuple(
        check for check in after if check.verdict != "green" and (check.kind, check.name) in were_green
    )


def feedback_from(checks: Sequence[CheckResult], phase: Phase) -> tuple[Feedback, ...]:
    """Return what the next attempt is told of each check that is not green; the rule is the check's kind."""
    return tuple(
        Feedback(
            phase=phase,
            rule=check.kind,
            message=f"{check.name}: {check.detail or 'it is not green'}",
            command=check.name if check.kind in {"verify", "command", "setup"} else None,
            excerpt=check.excerpt,
        )
        for check in checks
        if check.verdict != "green"
    )
