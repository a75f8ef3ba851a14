"""What an activity asks Temporal itself."""

from __future__ import annotations

import asyncio

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

ATTRIBUTES = {
    "TasksRunId": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "TasksTaskId": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "TasksPhase": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "TasksWave": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}
LOOK_SECONDS = 0.5


async def has_search_attributes(client: Client) -> bool:
    """Return whether the server knows our search attributes; one that does not is served without them."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        answer = await client.operator_service.list_search_attributes(request)
    except RPCError:
        return False
    return all(answer.custom_attributes.get(name) == kind for name, kind in ATTRIBUTES.items())


async def has_ended(client: Client, run_id: str) -> bool:
    """Return whether no execution of a run is open; one that the server does not know is over."""
    try:
        status = (await client.get_workflow_handle(run_id).describe()).status
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return True
        raise
    return status != WorkflowExecutionStatus.RUNNING


async def wait_for_children(client: Client, run_id: str) -> None:
    """Wait until no task of an older execution of this run is running: it would work on the same branches."""
    query = (
        f"WorkflowType = 'ExecuteTask' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '{run_id}/'"
    )
    while (await client.count_workflows(query)).count > 0:  # noqa: ASYNC110 - only the server knows
        await asyncio.sleep(LOOK_SECONDS)
