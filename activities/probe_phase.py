"""Before the first task starts, find out which verify commands notice broken code (design 7.5)."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from activities.attempt_memory import AttemptMemory
from activities.blind_checks import probe_verify_commands
from activities.environments import prepare_environment
from activities.evidence_store import Evidence
from activities.script_runner import Workbench
from activities.stored_plans import ReadPlan, read_plan
from activities.uninterrupted import uninterrupted
from activities.verified_trees import VerifiedTree, environment_fingerprint
from activities.worktrees import detached_worktree, remove_worktree
from planner.machine.git_commits import tree_of
from planner.machine.git_reader import tracked_files
from planner.machine.processes import end_survivors
from planner.machine.repository_folders import RepositoryFolders, open_repository, worktrees_root
from planner.machine.work_folder import WorkFolder
from schemas.activity_io import ProbedCheck, ProbeResult
from schemas.execution import RunContext

PROBE = "probe"


async def run_probe(run: RunContext, state: Path) -> ProbeResult:
    """Return the verdict on each verify command, and how it came out on the untouched base.

    The baseline is remembered, so that the first tasks need not measure it again. The same commands on the
    same tree are not probed twice.
    """
    folders = await uninterrupted(open_repository, Path(run.repository.path))
    plan = await uninterrupted(read_plan, folders, run.plan)
    if not plan.meta.verify:
        return ProbeResult()
    tree = await uninterrupted(tree_of, folders.common, run.base_commit)
    memory = AttemptMemory(folders.tasks / "probes")
    name = _fingerprint(plan, tree)
    known = memory.read(name)
    if known is not None:
        return ProbeResult.model_validate(known)
    root = await uninterrupted(worktrees_root, folders, run.run_id, state)
    await uninterrupted(end_survivors, WorkFolder(root / PROBE).processes)
    work = await uninterrupted(detached_worktree, folders, root / PROBE, run.base_commit)
    try:
        result = await _probe(run, folders, plan, work, tree)
    finally:
        await uninterrupted(remove_worktree, folders, work)
    if all(probe.verdict != "unproven" for probe in result.probes):
        memory.write(name, result.model_dump(mode="json"))
    return result


async def _probe(
    run: RunContext, folders: RepositoryFolders, plan: ReadPlan, work: WorkFolder, tree: str
) -> ProbeResult:
    bench = Workbench(
        work=work,
        evidence=Evidence(folders.tasks / run.run_id / PROBE, PROBE),
        outer=os.environ,
        deadline_seconds=run.timing.command_deadline,
        grace_seconds=run.timing.grace,
    )
    failed = [step for step in await prepare_environment(bench, plan.setup) if step.verdict != "green"]
    verify = plan.meta.verify or ()
    if failed:
        why = f"setup failed on the base, so it cannot be probed: {failed[0].detail}"
        return ProbeResult(
            probes=tuple(ProbedCheck(command=c.script, verdict="unproven", detail=why) for c in verify)
        )
    tracked = await uninterrupted(tracked_files, folders.top, run.base_commit)
    environment = environment_fingerprint(plan.setup, tree)
    verified = VerifiedTree(folders.tasks / "verified", tree, environment)
    return await probe_verify_commands(bench, verify, tracked, verified)


def _fingerprint(plan: ReadPlan, tree: str) -> str:
    commands = [command.script for command in plan.meta.verify or ()]
    return hashlib.sha256(json.dumps([tree, commands, plan.setup]).encode()).hexdigest()
