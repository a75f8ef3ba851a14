"""What the service's processes that do not stay have said last: why nothing goes on."""

from __future__ import annotations

from workers.log_tail import LogTail
from workers.service_record import RestlessProcess, running_service
from workers.state_folder import StateFolder

LAST_LINES = 8


def restless_notes(state: StateFolder) -> dict[str, str]:
    """Return by name what there is to say of each process of the service that ends again and again."""
    service = running_service(state)
    return {} if service is None else {found.name: restless_note(state, found) for found in service.restless}


def restless_note(state: StateFolder, found: RestlessProcess) -> str:
    """Return that it does not stay, and why it ended last, as its log says."""
    said = _last_words(LogTail(state.log(found.name)))
    return f"{found.name} of the local service has ended {found.times} times in a row, at last with: {said}"


def _last_words(log: LogTail) -> str:
    lines = log.last(LAST_LINES).splitlines()
    return next((line for line in reversed(lines) if line.startswith("error: ")), lines[-1])


def restless_advice(state: StateFolder, found: RestlessProcess) -> str:
    """Return what to do about it."""
    return f"see {state.log(found.name)}; once the cause is mended it is started again by itself"
