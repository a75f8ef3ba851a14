"""Our worker processes, started again whenever they end; what keeps ending, more and more slowly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from planner.machine.processes import CommandNotStarted, end_all, spawn_daemon
from workers.back_off import NEEDED_BY_ALL_SECONDS, BackOff
from workers.log_tail import LogTail
from workers.service_end import WORKER_GRACE_SECONDS
from workers.service_record import RestlessProcess, Role, ServiceProcess
from workers.state_folder import StateFolder

log = structlog.get_logger()


@dataclass(slots=True)
class _Kept:
    role: Role
    name: str
    process: ServiceProcess | None = None
    back_off: BackOff = field(default_factory=BackOff)
    log_begin: int = 0
    """Where in its log the one that runs began."""
    last_words: int = 0
    """Where in its log the one that ended last began."""


@dataclass(slots=True)
class KeptProcesses:
    """The control worker and the pool of host workers."""

    state: StateFolder
    environment: Mapping[str, str]
    _kept: list[_Kept] = field(default_factory=list)

    def want(self, workers: int) -> None:
        """Keep the control worker and at least so many host workers."""
        if not self._kept:
            self._kept.append(
                _Kept("control", "control", back_off=BackOff(longest_seconds=NEEDED_BY_ALL_SECONDS))
            )
        have = sum(1 for kept in self._kept if kept.role == "worker")
        self._kept.extend(_Kept("worker", f"worker-{number + 1}") for number in range(have, workers))

    def keep_running(self, now: float) -> None:
        """Start what is missing and due."""
        for kept in self._kept:
            if kept.process is not None and not kept.process.alive():
                kept.back_off.ended(now)
                log.warning("a process ended", action="ended", name=kept.name, times=kept.back_off.failures)
                kept.process, kept.last_words = None, kept.log_begin
            if kept.process is None and kept.back_off.is_due(now):
                self._start(kept, now)

    def running(self) -> Iterator[ServiceProcess]:
        """Return the processes that were started and not yet seen to have ended."""
        return (kept.process for kept in self._kept if kept.process is not None)

    def restless(self, now: float) -> Iterator[RestlessProcess]:
        """Return those that end again and again."""
        for kept in self._kept:
            if kept.back_off.does_not_stay(now, runs=kept.process is not None):
                yield RestlessProcess(name=kept.name, times=kept.back_off.failures, log_begin=kept.last_words)

    def end(self) -> None:
        """End all of them; what their activities ran is ended by them, or by the commands' supervisors."""
        end_all([process.identity for process in self.running()], WORKER_GRACE_SECONDS)

    def _start(self, kept: _Kept, now: float) -> None:
        kept.log_begin = LogTail.from_now_on(self.state.log(kept.name)).said_before
        argv = [sys.executable, "-I", "-m", "tasks_cli", "worker", "--role", kept.role]
        try:
            identity = spawn_daemon(argv, self.environment, self.state.log(kept.name), self.state.path)
        except (OSError, CommandNotStarted) as error:  # a full disk, a full table of processes: it may pass
            kept.back_off.failed_to_start(now)
            log.warning("a process did not start", action="fail", name=kept.name, error=str(error))
            return
        kept.back_off.begun(now)
        log.info("process started", action="start", name=kept.name, pid=identity.pid)
        kept.process = ServiceProcess(
            role=kept.role, pid=identity.pid, start_time=identity.start_time, name=kept.name
        )
