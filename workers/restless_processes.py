"""Which of the service's processes do not stay, and what they have said last: why nothing goes on."""

from __future__ import annotations

from workers.log_tail import LogTail
from workers.service_record import RestlessProcess, running_service
from workers.state_folder import StateFolder

LAST_LINES = 8


def restless_processes(state: StateFolder) -> tuple[RestlessProcess, ...]:
    """Return the processes of the running service that end again and again."""
    service = running_service(state)
    return () if service is None else service.restless


def restless_note(state: StateFolder, found: RestlessProcess) -> str:
    """Return that it does not stay, and why it ended last, as its log says."""
    lines = LogTail(state.log(found.name), found.log_begin).last(LAST_LINES).splitlines()
    said = next((line for line in reversed(lines) if line.startswith("error: ")), lines[-1])
    return f"{found.name} of the local service has ended {found.times} times in a row, at last with: {said}"


def restless_advice(state: StateFolder, found: RestlessProcess) -> str:
    """Return what to do about it."""
    return f"see {state.log(found.name)}; once the cause is mended it is started again by itself"
