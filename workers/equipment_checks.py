"""What is nice to have: something to confine commands with, and coding agents."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from activities.executors.registry import AVAILABLE
from planner.machine.sandbox_tiers import probe_sandbox
from workers.health_check import HealthCheck

AGENTS = {
    "Claude Code": "claude",
    "Codex": "codex",
    "OpenCode": "opencode",
    "Gemini CLI": "gemini",
    "goose": "goose",
    "Copilot CLI": "copilot",
    "Cursor CLI": "cursor-agent",
    "Qwen Code": "qwen",
    "Aider": "aider",
    "Amp": "amp",
}
AGENT_EXECUTOR = "agent"


def sandbox_check(environment: Mapping[str, str]) -> HealthCheck:
    """Return what a command could be confined with here; today none is."""
    tiers = probe_sandbox(environment)
    if tiers.bubblewrap is None:
        bubblewrap = "no bubblewrap"
    elif tiers.bubblewrap_fault:
        bubblewrap = f"bubblewrap at {tiers.bubblewrap} does not work ({tiers.bubblewrap_fault})"
    else:
        bubblewrap = f"bubblewrap at {tiers.bubblewrap}"
    landlock = f"Landlock ABI {tiers.landlock_abi}" if tiers.landlock_abi else "no Landlock"
    detail = (
        f"possible: {tiers.best} ({bubblewrap}, {landlock}); "
        "nothing is sandboxed yet: the commands of a plan run with your rights"
    )
    return HealthCheck(name="sandbox", status="ok", detail=detail)


def agents_check(environment: Mapping[str, str]) -> HealthCheck:
    """Return which coding agents are on PATH; none is needed, and none is started to be asked."""
    path = environment.get("PATH", os.defpath)
    found = [
        f"{name} at {at}" for name, command in AGENTS.items() if (at := shutil.which(command, path=path))
    ]
    detail = ", ".join(found) or "none on PATH, and none is needed"
    if AGENT_EXECUTOR not in AVAILABLE:
        detail += f"; this version does not call agents: its executors are {', '.join(AVAILABLE)}"
    return HealthCheck(name="coding agents", status="ok", detail=detail)
