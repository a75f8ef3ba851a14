"""What orchestration costs: our tasks beside plain Temporal children with as many activities.

Our tasks change nothing, but make worktrees, commits and landings all the same. Beside them stand two kinds
of children: `plain_git` does the same with git, written by hand (`ratio` is ours to these: the same work on
both sides), and `plain_nothing` does nothing (`ratio_to_nothing`: a whole task in empty steps; `overhead`:
what it takes beyond them, in times of them). All have the same dependencies and the same number at once,
their workers are up, and they run one after the other on one server: once with Temporal's own settings,
once with those of our service, which looks more often for what is to be handed out. Both keep their
database in a file in the same way. `git_alone` is the git steps of our tasks without Temporal, one task
after the other.

Prints `{"rows": [...]}`; times in milliseconds of wall time.
"""

import argparse
import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from benchmarks.git_cycle import git_cycle
from benchmarks.plain_temporal import BRANCH, LANDING, QUEUE, PlainPlan, PlainWork
from planner.codebase.survey import survey
from planner.drafting.document_drafter import draft_from_documents
from planner.intake.source_document import read_source_bytes
from planner.make_plan import make_plan
from planner.storage.plan_folder import FolderFacts, write_plan_folder
from schemas.acceptance_checks import ArtifactCheck, ArtifactExpectation
from schemas.settings import PlanSettings, Settings
from workers.dev_server import free_port, server_address, server_argv
from workers.temporal_binary import find_temporal

ROOT = Path(__file__).resolve().parents[1]
TASKS = Path(sys.executable).with_name("tasks")
ACTIVITIES = 6
READY_SECONDS = 30.0
TIMESTAMP = "2026-01-01T00:00:00Z"


def layers(tasks: int) -> list[list[int]]:
    """Return what each task depends on: layers as wide as the square root of the tasks, two each."""
    width = max(1, math.isqrt(tasks))
    found: list[list[int]] = []
    for number in range(tasks):
        layer, place = divmod(number, width)
        before = (layer - 1) * width
        found.append(sorted({before + place, before + (place + 1) % width}) if layer else [])
    return found


def layered_runbook(tasks: int) -> str:
    """Return the runbook of these tasks."""
    parts = ["# No-op tasks\n"]
    for number, after in enumerate(layers(tasks)):
        names = ", ".join(f"T{before}" for before in after)
        keys = f"id: T{number}\nchanges: none\nestimate: [0.1, 0.1, 0.1]\nafter: [{names}]\n"
        parts.append(f"## Keep part {number}\n\n```yaml task\n{keys}```\n\n```sh check\ntrue\n```\n")
    return "\n".join(parts)


def make_project(folder: Path, tasks: int, at_once: int) -> tuple[Path, Path]:
    """Return a repository and a plan of no-op tasks; their check looks at a file and starts nothing."""
    repository = folder / f"project-{tasks}"
    repository.mkdir()
    (repository / "README.md").write_text("# Project\n", encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    settings = Settings(plan=PlanSettings(max_concurrent=at_once, forecast_draws=1))
    source = read_source_bytes(layered_runbook(tasks).encode(), "RUNBOOK.md")
    draft = draft_from_documents((source,), survey(repository), settings.plan, None)
    check = ArtifactCheck(type="artifact", path="README.md", expect=ArtifactExpectation(exists=True))
    looked = tuple(task.model_copy(update={"acceptance_checks": (check,)}) for task in draft.tasks)
    plan = make_plan(replace(draft, tasks=looked, verify=()), settings, TIMESTAMP)
    if not plan.dag.ok:
        raise SystemExit(f"the plan is not valid: {plan.dag.errors}")
    return repository, write_plan_folder(
        plan, folder / f"plan-{tasks}", FolderFacts("document", TIMESTAMP, "0")
    )


def tasks_command(environment: dict[str, str], *arguments: str) -> str:
    """Run `tasks` and return its result."""
    done = subprocess.run(
        [str(TASKS), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"tasks {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


async def events_a_task(address: str, run_id: str, tasks: int) -> float:
    """Return the events of a child's history, and its share of the plan's."""
    client = await Client.connect(address)
    plan = (await client.get_workflow_handle(run_id).describe()).history_length
    sample = range(0, tasks, max(1, tasks // 20))
    lengths = [
        (await client.get_workflow_handle(f"{run_id}/T{number}/1").describe()).history_length
        for number in sample
    ]
    return plan / tasks + sum(lengths) / len(lengths)


async def plain_milliseconds(address: str, name: str, tasks: int, at_once: int, work: PlainWork) -> float:
    """Return how long the plain children take, once their worker is there."""
    client = await Client.connect(address)

    async def run(name: str, dependencies: list[list[int]], work: PlainWork) -> None:
        await client.execute_workflow(
            PlainPlan.run, args=[dependencies, at_once, work], id=f"{name}-{tasks}", task_queue=QUEUE
        )

    await run(f"before-{name}", layers(1), PlainWork(ACTIVITIES))
    begin = time.perf_counter()
    await run(name, layers(tasks), work)
    return (time.perf_counter() - begin) * 1000


def plain_git_work(repository: Path, folder: Path) -> PlainWork:
    """Return work for children that use git by hand, with the branch and the worktree they land on."""
    folder.mkdir()
    add = ["git", "worktree", "add", "-q", "-b", BRANCH, str(folder / LANDING), "HEAD"]
    subprocess.run(add, cwd=repository, check=True)
    return PlainWork(ACTIVITIES, str(repository), str(folder))


def ours_milliseconds(environment: dict[str, str], repository: Path, plan: Path, run_id: str) -> float:
    """Return how long a run takes, from its start to its result, as Temporal saw it."""
    options = ("--repo", str(repository), "--run-id", run_id, "--executor", "noop", "--json")
    printed = tasks_command(environment, "execute", str(plan), *options)
    return float(json.loads(printed)["seconds"]) * 1000


def git_milliseconds(repository: Path, folder: Path, tasks: int) -> float:
    """Return the git steps of so many tasks alone, one after the other, each with its own worktree."""
    begin = time.perf_counter()
    for number in range(tasks):
        git_cycle(repository, folder, number)
    return (time.perf_counter() - begin) * 1000


def measure(environment: dict[str, str], folder: Path, tasks: int, at_once: int) -> dict[str, object]:
    """Return one row."""
    folder.mkdir()
    repository, plan = make_project(folder, tasks, at_once)
    local = json.loads(tasks_command(environment, "up", "--json"))["address"]
    address = environment.get("TEMPORAL_ADDRESS", local)
    run_id = f"overhead-{tasks}"
    ours = ours_milliseconds(environment, repository, plan, run_id)
    events = asyncio.run(events_a_task(address, run_id, tasks))
    with plain_worker(address):
        nothing = asyncio.run(plain_milliseconds(address, "nothing", tasks, at_once, PlainWork(ACTIVITIES)))
        by_hand = plain_git_work(repository, folder / "by-hand")
        plain = asyncio.run(plain_milliseconds(address, "git", tasks, at_once, by_hand))
    sample = min(tasks, 30)
    git = git_milliseconds(repository, folder / f"git-{tasks}", sample) / sample * tasks
    return {
        "tasks": tasks,
        "at_once": at_once,
        "activities": ACTIVITIES,
        "ours_ms": round(ours),
        "plain_git_ms": round(plain),
        "plain_nothing_ms": round(nothing),
        "ratio": round(ours / plain, 2),
        "ratio_to_nothing": round(ours / nothing, 2),
        "overhead": round((ours - nothing) / nothing, 2),
        "ours_ms_per_task": round(ours / tasks, 1),
        "plain_git_ms_per_task": round(plain / tasks, 1),
        "plain_nothing_ms_per_task": round(nothing / tasks, 1),
        "git_alone_ms_per_task": round(git / tasks, 1),
        "events_per_task": round(events, 1),
    }


@contextmanager
def plain_worker(address: str) -> Iterator[None]:
    """Let a worker of the plain children run meanwhile."""
    worker = subprocess.Popen([sys.executable, "-m", "benchmarks.plain_temporal", address], cwd=ROOT)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


@contextmanager
def development_server(database: Path) -> Iterator[dict[str, str]]:
    """Let a server with Temporal's own settings run, and yield the variables that name it."""
    port, binary = free_port(), find_temporal(os.environ, lambda line: print(line, file=sys.stderr))
    argv = server_argv(binary, port=port, ui_port=None, database=database, namespace="default")
    while "--dynamic-config-value" in argv:
        place = argv.index("--dynamic-config-value")
        del argv[place : place + 2]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(answering(server_address(port)))
        yield {"TEMPORAL_ADDRESS": server_address(port)}
    finally:
        server.terminate()
        server.wait()


async def answering(address: str) -> None:
    """Return as soon as a server answers."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            client = await Client.connect(address)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        except (RuntimeError, RPCError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[84, 500])
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="the only form there is; for symmetry")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="tasks-overhead-") as name:
        folder = Path(name)
        none: AbstractContextManager[dict[str, str]] = nullcontext({})
        for settings, server in (("temporal", development_server(folder / "temporal.db")), ("tasks", none)):
            with server as named:
                state = {"TASKS_STATE_DIR": str(folder / f"state-{settings}"), "TASKS_TASKS_PER_WORKER": "5"}
                own = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
                environment = {**own, **state, **named}
                try:
                    for tasks in options.tasks:
                        place = folder / f"{settings}-{tasks}"
                        row = measure(environment, place, tasks, options.at_once)
                        rows.append({"server_settings": settings, **row})
                finally:
                    tasks_command(environment, "down")
    print(json.dumps({"rows": rows}, indent=2))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # temporalio 1.35 can crash the interpreter at exit
