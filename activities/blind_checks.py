"""Find out whether a verify command notices broken code: break all of it and look (design 7.5).

A green check proves nothing when it tests another copy of the code than the worktree's: an installed one,
or the main checkout's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from activities.acceptance_check_command import RanCommand, judge_command
from activities.acceptance_check_files import clock_of_the_disk
from activities.check_runner import check_name, run_checks
from activities.environments import remove_folder
from activities.reviewers.tests_of_file import is_test_file
from activities.script_runner import Workbench, run_script
from activities.verified_trees import VerifiedTree
from planner.machine.work_folder import WorkFolder
from schemas.acceptance_checks import CommandExpectation
from schemas.activity_io import CheckResult, ProbedCheck, ProbeResult
from schemas.tasks import PlanCommand

# No compiler, interpreter or linter of these languages accepts a file that begins so.
BROKEN_LINE = ")]} this file was broken for a moment to see whether the checks notice\n"
_BROKEN_BY_SUFFIX = {".php": f"<?php {BROKEN_LINE}"}  # what stands outside of <?php is text to print
SOURCE_SUFFIXES = frozenset(
    {
        *(".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"),
        *(".go", ".rs", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".m", ".swift", ".zig", ".nim"),
        *(".java", ".kt", ".kts", ".scala", ".groovy", ".clj", ".cljs", ".cs", ".fs", ".dart", ".jl"),
        *(
            ".rb",
            ".sh",
            ".bash",
            ".php",
            ".pl",
            ".pm",
            ".lua",
            ".ex",
            ".exs",
            ".erl",
            ".hs",
            ".ml",
            ".r",
            ".R",
        ),
    }
)
# Not the product: made by tools, brought by others, or read by the runner before it looks at any code.
_NOT_OURS = frozenset(
    {
        *(".git", ".hg", ".venv", "venv", "env", "node_modules", "vendor", "third_party", "site-packages"),
        *("build", "dist", "target", "out", "__pycache__", ".tox", ".nox", ".eggs", ".next", "coverage"),
    }
)
_BUILD_FILES = frozenset({"setup.py", "noxfile.py", "conftest.py", "build.rs", "gulpfile.js", "Gruntfile.js"})
_ADVICE = (
    "either it does not run the code, or it tests another copy than the worktree's; for the second, let "
    "`setup` install the package so that it is read from the worktree (editable, into $TASKS_ENV), or set "
    "PYTHONPATH or the like in the command"
)


async def probe_verify_commands(
    bench: Workbench,
    verify: Sequence[PlanCommand],
    tracked: Iterable[str] | None = None,
    verified: VerifiedTree | None = None,
) -> ProbeResult:
    """Return whether each verify command notices broken code, and its result on the untouched copy.

    `sees`: it turned red when every source file was broken. `blind`: it stayed green. `unproven`: it was
    red already, no source file was found to break, or it did not end by itself.

    Args:
        bench: a scratch worktree at the base with its environment prepared; it is as before afterwards.
        verify: the commands.
        tracked: the files of the commit, when the caller knows them: what a build left in the worktree must
            stay whole, since breaking it would not show whether the sources are read. Without them the
            worktree is searched.
        verified: what is known of the base's tree; the results on it are recorded there.
    """
    sources = tuple(source_files(bench.work.path, tracked))
    baseline = await run_checks(bench, verify, verified=verified)
    probes = [
        await _probe(bench, command, result, sources)
        for command, result in zip(verify, baseline, strict=True)
    ]
    return ProbeResult(probes=tuple(probes), baseline=baseline)


def source_files(worktree: Path, tracked: Iterable[str] | None = None) -> Iterator[str]:
    """Return the product's own source files: no tests, no build files, nothing foreign, no links."""
    for path in tracked if tracked is not None else _walk(worktree):
        pure = PurePosixPath(path)
        if pure.suffix not in SOURCE_SUFFIXES or pure.name in _BUILD_FILES or ".config." in pure.name:
            continue
        if _NOT_OURS & set(pure.parts) or is_test_file(path):
            continue
        place = worktree / path
        if place.is_file() and not place.is_symlink() and _stays_inside(worktree, place):
            yield path


async def _probe(
    bench: Workbench, command: PlanCommand, baseline: CheckResult, sources: Sequence[str]
) -> ProbedCheck:
    if baseline.verdict != "green":
        return _probed(command, "unproven", f"it is already red on the base: {baseline.detail}")
    # A script that the command itself names would turn it red without telling anything about the code.
    named = command.script
    broken = [path for path in sources if path not in named and (bench.work.path / path).is_file()]
    if not broken:
        return _probed(command, "unproven", "there is no source file to break, so it cannot be probed")
    with broken_sources(bench.work, broken):
        ran = await _run(bench, command)
    if not ran.ended_by_itself:
        return _probed(command, "unproven", "with broken code it did not end by itself, so it tells nothing")
    if judge_command(CommandExpectation(), ran).verdict == "green":
        first = os.fsencode(broken[0]).decode("utf-8", "backslashreplace")
        what = f"{first} and {len(broken) - 1} more source files" if len(broken) > 1 else first
        return _probed(
            command,
            "blind",
            f"it stayed green though {what} could not even be parsed: {_ADVICE}",
        )
    return _probed(command, "sees", f"it turned red when {len(broken)} source file(s) were broken")


async def _run(bench: Workbench, command: PlanCommand) -> RanCommand:
    log = bench.evidence.log_path("probe")
    began_ns = clock_of_the_disk(bench.work)
    result = await run_script(replace(bench, on_progress=None), command.script, log)
    output = log.read_bytes().decode("utf-8", "replace")
    return RanCommand(result, output, bench.work.path, began_ns, bench.deadline_seconds)


def _probed(command: PlanCommand, verdict: str, detail: str) -> ProbedCheck:
    return ProbedCheck.model_validate(
        {"command": check_name(command.script), "verdict": verdict, "detail": detail}
    )


@contextmanager
def broken_sources(work: WorkFolder, paths: Sequence[str]) -> Iterator[None]:
    """Break files so that no tool can read them, and put the very same files back afterwards.

    The originals are moved beside the worktree and back: their times, modes and links stay theirs.
    """
    aside = work.path.with_name(f"{work.path.name}.probe")
    remove_folder(aside)
    moved: list[tuple[Path, Path]] = []
    try:
        for path in paths:
            place, kept = work.path / path, aside / path
            kept.parent.mkdir(parents=True, exist_ok=True)
            place.rename(kept)
            moved.append((place, kept))
            # A new file: writing into the old one would reach through a hard link into an installed copy.
            line = _BROKEN_BY_SUFFIX.get(place.suffix, BROKEN_LINE)
            place.write_bytes(line.encode() + kept.read_bytes())
            shutil.copymode(kept, place)
        yield
    finally:
        for place, kept in moved:
            place.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(place)
        remove_folder(aside)


def _walk(worktree: Path) -> Iterator[str]:
    for folder, below, names in os.walk(worktree):
        below[:] = sorted(name for name in below if name not in _NOT_OURS)
        for name in sorted(names):
            yield Path(folder, name).relative_to(worktree).as_posix()


def _stays_inside(worktree: Path, place: Path) -> bool:
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(worktree))
