"""The queue and the ledger of a run as plain JSON: who waits, since when, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.scheduling.overtaking import NOT_REFUSED
from planner.scheduling.ready_queue import ReadyQueue
from planner.scheduling.resource_ledger import ResourceLedger


class DumpRefused(ValueError):
    """A saved state does not belong to this plan."""


def dump_queue(queue: ReadyQueue, ledger: ResourceLedger) -> dict[str, Any]:
    """Return what cannot be computed again from the states of the tasks."""
    accounts = queue.overtaking
    refused: dict[int, list[int]] = {}
    passed: list[list[int]] = []
    for group, resource in enumerate(accounts.refused_by):
        if resource != NOT_REFUSED:
            refused.setdefault(resource, []).append(group)
        if accounts.times_passed(group):
            passed.append([group, accounts.times_passed(group)])
    return {
        "ready": list(queue.tasks.in_order_of_arrival()),
        "served": [[group, count] for group, count in enumerate(queue.tasks.served) if count],
        "passed": passed,
        "refused": [[resource, *waiting] for resource, waiting in sorted(refused.items())],
        "overdue": [list(waiting) for waiting in ledger.overdue],
        "kept": [[resource, *sorted(kept)] for resource, kept in sorted(ledger.kept.items())],
        "freed": sorted(ledger.freed),
    }


def load_queue(queue: ReadyQueue, ledger: ResourceLedger, dump: Mapping[str, Any]) -> None:
    """Fill an empty queue and its ledger from a dump."""
    for task in dump["ready"]:
        queue.push(task)
    for group, count in dump["served"]:
        queue.tasks.served[group] = count
    for group, count in dump["passed"]:
        queue.overtaking.passed[group] = count
    # Holders take their place at the next decision; those refused must wait where they did.
    for resource, *waiting in dump["refused"]:
        for group in waiting:
            queue.park(group, resource)
    for overdue, groups in zip(ledger.overdue, dump["overdue"], strict=True):
        overdue.extend(groups)
    for resource, *holders in dump["kept"]:
        for holder in holders:
            ledger.keep(holder, resource)
    ledger.freed.update(dump["freed"])
