"""Judge a command that was run: its exit code, and the share of tests and lines that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from activities.acceptance_check_coverage import coverage_from_output, coverage_from_reports
from activities.acceptance_check_files import fresh_reports
from activities.acceptance_check_judgement import Judgement, at_once, green, not_measurable, red
from activities.acceptance_check_tests import TestCounts, counts_from_junit, counts_from_output
from activities.script_runner import how_it_ended
from planner.machine.processes import CommandResult
from schemas.acceptance_checks import CommandExpectation


@dataclass(frozen=True, slots=True)
class RanCommand:
    """A command that was run in a worktree, and all that it left to judge it by."""

    result: CommandResult
    output: str
    worktree: Path
    began_ns: int
    """When it began, as the disk stamps files: only reports written since then are its own."""
    deadline_seconds: float

    @property
    def ended_by_itself(self) -> bool:
        """Return whether its exit code says something about the code and not about this machine."""
        return self.result.exit_code is not None and not (
            self.result.timed_out or self.result.stopped or self.result.not_found
        )


def judge_command(expect: CommandExpectation, ran: RanCommand) -> Judgement:
    """Return whether a command shows what is expected of it; by default that it ends with 0.

    A command that runs tests must run at least one: `Ran 0 tests` proves nothing, whatever its exit code.
    Without an expected exit code, failed tests explain a code other than 0 as long as the rate is reached.
    """
    if not ran.ended_by_itself:
        return red(f"it {how_it_ended(ran.result, ran.deadline_seconds)}")
    counts = counts_from_output(ran.output)
    if expect.passRateGte is not None:
        junit = fresh_reports(ran.worktree, (".xml",), ran.began_ns)
        counts = counts_from_junit(junit) or counts
    judgements = [_exit_code(expect, ran, counts)]
    if counts is not None and not counts.executed and not counts.failed and not expect.exitCode:
        judgements.append(red(_nothing_ran(counts)))
    if expect.passRateGte is not None:
        judgements.append(_pass_rate(expect.passRateGte, counts))
    if expect.coverageGte is not None:
        judgements.append(_coverage(expect.coverageGte, ran))
    return at_once(judgements)


def _exit_code(expect: CommandExpectation, ran: RanCommand, counts: TestCounts | None) -> Judgement:
    code = ran.result.exit_code
    if code == (expect.exitCode or 0):
        return green()
    if expect.exitCode is None and expect.passRateGte is not None and counts is not None and counts.failed:
        return green(f"exit code {code} because of {counts.failed} failed tests")
    return red(f"it ended with exit code {code} instead of {expect.exitCode or 0}")


def _nothing_ran(counts: TestCounts) -> str:
    if counts.skipped:
        return f"all of its {counts.skipped} tests were skipped: that proves nothing ({counts.source})"
    return f"NO TESTS RAN ({counts.source}): it proves nothing; see that it finds the tests"


def _pass_rate(least: float, counts: TestCounts | None) -> Judgement:
    if counts is None:
        return not_measurable(
            "the pass rate cannot be measured: the command wrote no JUnit file and printed no summary of "
            "pytest, unittest, go test -v, jest, vitest, cargo test or node --test"
        )
    if not counts.executed:
        return red(_nothing_ran(counts))
    rate = counts.passed / counts.executed
    words = f"{counts.passed} of {counts.executed} tests passed ({counts.source})"
    return green(words) if rate >= least else red(f"{words}, a rate of {rate:.3f} and less than {least:g}")


def _coverage(least: float, ran: RanCommand) -> Judgement:
    reports = fresh_reports(ran.worktree, (".xml", ".json"), ran.began_ns)
    coverage = coverage_from_reports(reports) or coverage_from_output(ran.output)
    if coverage is None:
        return not_measurable(
            "the coverage cannot be measured: the command wrote no coverage.xml or coverage.json and printed "
            "no total of coverage.py, go or istanbul"
        )
    words = f"{coverage.share:.1%} of the lines are covered ({coverage.source})"
    return green(words) if coverage.share >= least else red(f"{words}, less than {least:.1%}")
