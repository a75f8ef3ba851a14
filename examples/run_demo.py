"""Plan and execute the example in front of your eyes, then check with plain commands what it promised.

    python examples/run_demo.py [--folder FOLDER] [--runbook NAME]

Each call makes a new repository, by default in .demo/<n>/ of the checkout, so it can be called again
and again. Ends with 1 if anything is not as promised. Needs git, the `tasks` command and Python's standard
library.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLE = CHECKOUT / "examples" / "inventory"
SUITE = ("python3", "-m", "unittest", "discover", "-s", "tests")
BROKEN = "BROKEN_RUNBOOK.md"
MAXIMUM_DEMOS = 10_000


class NotAsPromised(Exception):
    """Something this demo relies on did not happen; the message is for the person watching."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A landing as git tells it: a merge on the feature branch, the task it names, the files it changed."""

    commit: str
    task: str
    attempt: int
    parents: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """Where this demo takes place, and what was planned and started; the branch is known at the end."""

    repository: Path
    plan: Path
    run: str
    ui_url: str | None
    branch: str = ""


def say(text: str = "") -> None:
    """Print a line at once, so that it stands before what a command prints."""
    print(text, flush=True)


def output(*argv: str | Path, folder: Path, ok: Sequence[int] = (0,)) -> str:
    """Run a command and return what it printed; what it says on stderr is shown as it comes."""
    done = subprocess.run([*map(str, argv)], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in ok:
        command = shlex.join([Path(argv[0]).name, *map(str, argv[1:])])
        raise NotAsPromised(f"`{command}` ended with {done.returncode}\n{done.stdout}".rstrip())
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it printed."""
    return output("git", *arguments, folder=folder).rstrip("\n")


def tasks_command() -> Path:
    """Return the `tasks` command that belongs to the Python this demo runs with, else the checkout's."""
    beside = Path(sys.executable).with_name("tasks")
    command = beside if beside.exists() else CHECKOUT / ".venv" / "bin" / "tasks"
    if not command.exists():
        raise NotAsPromised(f"{command} is not there: run `make setup` first")
    return command


def tasks(*arguments: str | Path, folder: Path, ok: Sequence[int] = (0,)) -> str:
    """Run `tasks` and return what it printed."""
    return output(tasks_command(), *arguments, folder=folder, ok=ok)


def new_folder(folder: Path | None) -> Path:
    """Return the named folder, or the first free one below .demo; it is made."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()
    for number in range(1, MAXIMUM_DEMOS):
        candidate = CHECKOUT / ".demo" / str(number)
        try:
            candidate.mkdir(parents=True)
        except FileExistsError:
            continue
        return candidate
    raise NotAsPromised(f"{CHECKOUT / '.demo'} is full: delete it")


def make_repository(folder: Path) -> Path:
    """Make a git repository of the example; it gets an identity only if the user has none for git."""
    repository = folder / "inventory"
    if repository.exists():
        raise NotAsPromised(f"{repository} is there already: name another --folder")
    shutil.copytree(EXAMPLE, repository, ignore=shutil.ignore_patterns("__pycache__"))
    git(repository, "init", "--quiet", "--initial-branch", "main")
    for key, value in (("user.name", "Tasks Demo"), ("user.email", "demo@example.invalid")):
        if not output("git", "config", key, folder=repository, ok=(0, 1)).strip():
            git(repository, "config", "--local", key, value)
    git(repository, "add", "--all")
    # The user's hooks and signing key are for the user's own work.
    commit = ("-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify")
    git(repository, *commit, "--message", "The stockroom of a bicycle workshop")
    return repository


def plan_and_start(repository: Path, runbook: str) -> Demo:
    """Plan the runbook and start its execution; both commands answer in JSON here, so that we can go on."""
    planned = json.loads(
        tasks(
            *("plan", "-f", runbook, "-p", repository, "-o", repository.parent / "plan", "--json"),
            folder=repository,
        )
    )
    say(f"      {planned['tasks']} tasks, plan {planned['plan_id']}")
    say(f"      to be read: {Path(planned['plan_dir']) / 'Plan.md'}\n")
    say("2/4  Execute it: each task in a worktree of its own, landed when its checks pass on the merged tree")
    started = json.loads(
        tasks(
            *("execute", planned["plan_dir"], "--repo", repository, "--detach", "--json"),
            folder=repository,
        )
    )
    say(f"      run {started['run_id']}")
    if started.get("ui_url"):
        say(f"      watch it in the Web UI: {started['ui_url']}")
    return Demo(repository, Path(planned["plan_dir"]), started["run_id"], started.get("ui_url"))


def merges(demo: Demo) -> list[Merge]:
    """Return the landings on the feature branch, the oldest first, from git alone."""
    fields = "%H%x09%P%x09%(trailers:key=Tasks-Task,valueonly,separator=)%x09"
    fields += "%(trailers:key=Tasks-Attempt,valueonly,separator=)"
    log = git(
        demo.repository, "log", "--first-parent", "--reverse", f"--format={fields}", f"main..{demo.branch}"
    )
    found = []
    for line in log.splitlines():
        commit, parents, task, attempt = line.split("\t")
        changed = git(demo.repository, "diff", "--name-only", f"{commit}^1", commit).splitlines()
        found.append(Merge(commit, task, int(attempt or 0), len(parents.split()), tuple(changed)))
    return found


def broken_landing(merge: Merge, scope: Sequence[str]) -> list[str]:
    """Say what is wrong with a landing: it has to be a merge that changes files of its task's scope only."""
    outside = [path for path in merge.changed if not any(fnmatch(path, pattern) for pattern in scope)]
    wrong = [f"{merge.task} landed outside its scope: {', '.join(outside)}"] if outside else []
    if merge.parents != len(("the branch", "the work")):
        wrong.append(f"{merge.commit[:10]} is not a merge of the branch and one task")
    if not merge.changed:
        wrong.append(f"{merge.task} landed without a change")
    return wrong


def broken_promises(demo: Demo, status: dict[str, Any], landings: Sequence[Merge]) -> list[str]:
    """Check the run by plain commands and say what is not as promised; an empty list is a good end."""
    file = json.loads((demo.plan / "tasks.json").read_text(encoding="utf-8"))
    scopes = {task["id"]: task["boundaries"]["scope"]["includes"] for task in file["tasks"]}
    completed = {task["id"] for task in status["tasks"] if task["state"] == "completed"}
    wrong = [sentence for merge in landings for sentence in broken_landing(merge, scopes.get(merge.task, []))]
    if sorted(merge.task for merge in landings) != sorted(completed):
        wrong.append(
            f"git says {[merge.task for merge in landings]} landed, the run says {sorted(completed)}"
        )
    if len(completed) != status["progress"]["completed"]:
        wrong.append(f"progress counts {status['progress']['completed']}, complete are {len(completed)}")
    if git(demo.repository, "branch", "--show-current") != "main" or git(demo.repository, "status", "-s"):
        wrong.append("the checkout was touched: see `git status`")
    return wrong + broken_tip(demo)


def broken_tip(demo: Demo) -> list[str]:
    """Run the tests on the tip of the branch in a fresh clone; say so if they fail."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        git(demo.repository, "clone", "--quiet", "--branch", demo.branch, str(demo.repository), str(clone))
        suite = subprocess.run(SUITE, cwd=clone, capture_output=True, text=True, check=False)
    say("\n      " + "\n      ".join(suite.stderr.strip().splitlines()[-3:]))
    return [f"the tests fail on the tip of {demo.branch}:\n{suite.stderr}"] if suite.returncode else []


def broken_expectations(runbook: str, status: dict[str, Any], landings: Sequence[Merge]) -> list[str]:
    """Say where this runbook did not end as its text announces."""
    states = {task["id"]: task["state"] for task in status["tasks"]}
    if runbook == BROKEN:
        announced = dict.fromkeys(["compare-with-count", "shelf-labels"], "completed")
        announced |= {"close-march": "failed", "begin-april": "blocked"}
        return [] if states == announced else [f"the text announces {announced}, the run says {states}"]
    wrong = [f"{task} is {state}" for task, state in states.items() if state != "completed"]
    if [merge.task for merge in landings if merge.attempt > 1] != ["exact-cents"]:
        wrong.append("exact-cents was to need a second attempt, and only that one")
    return wrong


def show_end(demo: Demo, status: dict[str, Any], landings: Sequence[Merge]) -> None:
    """Print what was done, task by task, and the time it took beside the forecast."""
    say("\n3/4  What was done")
    landed = {merge.task: merge for merge in landings}
    order = [merge.task for merge in landings] + [task["id"] for task in status["tasks"]]
    for task in sorted(status["tasks"], key=lambda task: order.index(task["id"])):
        merge = landed.get(task["id"])
        result = f"{merge.commit[:8]}  {' '.join(merge.changed)}" if merge else task.get("reason") or ""
        again = f" (attempt {merge.attempt})" if merge and merge.attempt > 1 else ""
        say(f"      {task['id']:<20} {task['state'] + again:<22} {result}")
    say(f"\n      git log --graph --oneline {demo.branch}")
    graph = git(demo.repository, "log", "--graph", "--oneline", demo.branch)
    say("      " + "\n      ".join(graph.splitlines()))
    forecast = status.get("forecast_hours")
    expected = f"{forecast * 3600:.0f} s" if forecast else "none"
    say(f"\n      forecast {expected}, taken {status['seconds']:.0f} s")


def show_next(demo: Demo, runbook: str) -> None:
    """Print where everything is and what to type next."""
    command = "tasks" if shutil.which("tasks") else str(tasks_command())
    worth_reading = "close-march" if runbook == BROKEN else "exact-cents"
    say(f"\n      Repository  {demo.repository}")
    say(f"      Plan        {demo.plan / 'Plan.md'}")
    say(f"      Web UI      {demo.ui_url or 'not known for this Temporal'}")
    say(f"\n      Next:       cd {demo.repository}")
    say(f"                  {command} status {demo.run}")
    say(f"                  {command} logs {demo.run} {worth_reading}")
    say(f"                  git merge {demo.branch}")
    if runbook != BROKEN:
        say(f"      See it fail: {sys.executable} {Path(__file__)} --runbook {BROKEN}")
    say(f"      Stop Temporal and the workers: {command} down")


def follow(demo: Demo) -> tuple[Demo, dict[str, Any]]:
    """Wait for the end of the run, showing its progress; return how it ended, with the branch it made."""
    beginning = time.monotonic()
    # The same command again finds the run and follows it; 7 and 8 say that tasks failed.
    tasks("execute", demo.plan, "--repo", demo.repository, folder=demo.repository, ok=(0, 7, 8))
    status = json.loads(tasks("status", demo.run, "--json", folder=demo.repository))
    status["seconds"] = status.get("seconds") or time.monotonic() - beginning
    return replace(demo, branch=status["branch"]), status


def run(folder: Path | None, runbook: str) -> int:
    """Do the whole demo; return 0 if all was as promised, else 1."""
    say("1/4  A repository to work on, and a plan made from its runbook")
    demo, status = follow(plan_and_start(make_repository(new_folder(folder)), runbook))
    landings = merges(demo)
    show_end(demo, status, landings)
    say("\n4/4  Is it true? The tests on the tip of the branch, in a fresh clone:")
    wrong = broken_promises(demo, status, landings) + broken_expectations(runbook, status, landings)
    for sentence in wrong:
        say(f"      NOT AS PROMISED: {sentence}")
    if not wrong:
        say("      All as promised: one merge for each completed task, each within its scope,")
        say("      and your checkout was not touched.")
    show_next(demo, runbook)
    return 1 if wrong else 0


def main() -> int:
    """Read the arguments and run the demo."""
    parser = argparse.ArgumentParser(description="Plan and execute the example, then check it.")
    parser.add_argument("--folder", type=Path, help="where to make the repository (default: .demo/<n>)")
    parser.add_argument("--runbook", default="RUNBOOK.md", choices=["RUNBOOK.md", BROKEN])
    arguments = parser.parse_args()
    try:
        return run(arguments.folder, arguments.runbook)
    except NotAsPromised as error:
        print(f"\nNOT AS PROMISED: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nDetached: the run goes on; `tasks runs` shows it, `tasks down` stops it.", file=sys.stderr)
        return os.EX_TEMPFAIL


if __name__ == "__main__":
    sys.exit(main())
