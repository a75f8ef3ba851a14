"""What a program prints must not depend on the order of sets, which changes with PYTHONHASHSEED."""

from __future__ import annotations

import os
import subprocess
import sys


def printed_under_hash_seeds(program: str) -> set[str]:
    """Return what a Python program prints under several hash seeds: one text, if it does not depend on them."""
    return {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
