"""What this machine could confine a command with; each is tried out, since being installed says little."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.machine.short_command import run_short

# The same number on every architecture: Landlock is younger than their common table.
LANDLOCK_CREATE_RULESET = 444
ASK_FOR_VERSION = 1
TRIAL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SandboxTiers:
    """What is there."""

    bubblewrap: Path | None
    bubblewrap_fault: str
    """Why bubblewrap cannot be used though it is installed; empty if it works, or is not there."""
    landlock_abi: int
    """0 if this kernel has no Landlock, or has it switched off."""

    @property
    def best(self) -> str:
        """Return the strongest that works."""
        if self.bubblewrap is not None and not self.bubblewrap_fault:
            return "bubblewrap"
        return "Landlock" if self.landlock_abi else "none"


def probe_sandbox(environment: Mapping[str, str]) -> SandboxTiers:
    """Look for bubblewrap on PATH and for Landlock in the kernel, and try them."""
    found = shutil.which("bwrap", path=environment.get("PATH", os.defpath))
    if found is None:
        return SandboxTiers(None, "", landlock_abi())
    trial = [found, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "/bin/sh", "-c", ":"]
    result = run_short(trial, Path("/"), environment, timeout_seconds=TRIAL_SECONDS)
    said = result.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    fault = "" if result.ok else said or f"exit code {result.exit_code}"
    return SandboxTiers(Path(found), fault, landlock_abi())


def landlock_abi() -> int:
    """Return the version of Landlock that the kernel speaks; 0 if it does not."""
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    version: int = syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(ASK_FOR_VERSION))
    return max(version, 0)
