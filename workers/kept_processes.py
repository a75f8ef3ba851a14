"""Our worker processes, started again whenever they end; what keeps ending, more and more slowly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from planner.machine.processes import end_process, spawn_daemon
from workers.service_record import Role, ServiceProcess
from workers.state_folder import StateFolder

BACK_OFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
END_GRACE_SECONDS = 10.0
log = structlog.get_logger()


@dataclass(slots=True)
class _Kept:
    role: Role
    name: str
    process: ServiceProcess | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0


@dataclass(slots=True)
class KeptProcesses:
    """The control worker and the pool of host workers."""

    state: StateFolder
    environment: Mapping[str, str]
    _kept: list[_Kept] = field(default_factory=list)

    def want(self, workers: int) -> None:
        """Keep the control worker and at least so many host workers."""
        if not self._kept:
            self._kept.append(_Kept("control", "control"))
        have = sum(1 for kept in self._kept if kept.role == "worker")
        self._kept.extend(_Kept("worker", f"worker-{number + 1}") for number in range(have, workers))

    def keep_running(self, now: float) -> bool:
        """Start what is missing and due; return whether anything changed."""
        changed = False
        for kept in self._kept:
            if kept.process is not None and not kept.process.alive():
                kept.failures = 0 if now - kept.started > STEADY_SECONDS else kept.failures + 1
                kept.due = now + BACK_OFF_SECONDS[min(kept.failures, len(BACK_OFF_SECONDS) - 1)]
                log.warning("a process ended", action="ended", name=kept.name, failures=kept.failures)
                kept.process, changed = None, True
            if kept.process is None and now >= kept.due:
                kept.process, kept.started, changed = self._start(kept), now, True
        return changed

    def running(self) -> Iterator[ServiceProcess]:
        """Return the processes that were started and not yet seen to have ended."""
        return (kept.process for kept in self._kept if kept.process is not None)

    def end(self) -> None:
        """End all of them; what their activities ran is ended by them, or by the commands' supervisors."""
        for process in self.running():
            end_process(process.pid, process.start_time, END_GRACE_SECONDS)

    def _start(self, kept: _Kept) -> ServiceProcess:
        argv = [sys.executable, "-I", "-m", "tasks_cli", "worker", "--role", kept.role]
        identity = spawn_daemon(argv, self.environment, self.state.log(kept.name), self.state.path)
        log.info("process started", action="start", name=kept.name, pid=identity.pid)
        return ServiceProcess(
            role=kept.role, pid=identity.pid, start_time=identity.start_time, name=kept.name
        )
