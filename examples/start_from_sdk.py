"""Start a plan from a program of your own: Temporal's SDK is enough, nothing of this project is imported.

    tasks execute PLAN --repo REPO --print-input > plan-input.json
    python start_from_sdk.py plan-input.json my-run

Which server: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, as everywhere with Temporal. A run of
that id that is going on is attached to. Prints the result as JSON; ends with 1 if the run failed.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.envconfig import ClientConfig


async def execute(plan_input: dict[str, Any], workflow_id: str) -> dict[str, Any]:
    """Start the plan, or find it running; wait for its end and return the result."""
    connection = ClientConfig.load_client_connect_config()
    connection.setdefault("target_host", "localhost:7233")
    client = await Client.connect(**connection)
    run = await client.start_workflow(
        "ExecutePlan",
        plan_input,
        id=workflow_id,
        task_queue="tasks-control",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    print(f"{workflow_id} runs", file=sys.stderr)
    result: dict[str, Any] = await run.result()
    return result


def main() -> int:
    """Read the arguments, print the result, return the exit code."""
    input_file, workflow_id = sys.argv[1:]
    try:
        result = asyncio.run(execute(json.loads(Path(input_file).read_text(encoding="utf-8")), workflow_id))
    except WorkflowFailureError as failure:
        print(f"{workflow_id} failed: {failure.cause}", file=sys.stderr)
        return 1
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # temporalio 1.35 can crash the interpreter while it is torn down
