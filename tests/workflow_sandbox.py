"""Temporal's sandbox, in which the tests run the workflows: it refuses clocks, randomness and files.

A service runs them as they are (ADR 0002).
"""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

# Without side effects, or without a part in a workflow beyond their names: importing them again for each
# workflow would cost hundreds of milliseconds a run.
PASSED_THROUGH = (
    "schemas",
    "planner",
    "activities",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "rfc8785",
)


def sandboxed() -> SandboxedWorkflowRunner:
    """Return what runs workflows in the sandbox."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
