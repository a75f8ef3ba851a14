"""The plan of a chaos scene, whose executions note their begin and end, and wait at gates.

A predecessor lands first. Then, for each phase, a task that is to be held inside it; one that runs beside
them; one that lands while the task held in `land` is being developed, so that its landing is a real merge;
and, when all have landed, a successor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from schemas.execution import Phase
from tests.end_to_end.gated_git import AFTER_MOVE, BEFORE_MOVE, REVIEW
from tests.end_to_end.gates import Gates
from tests.small_project import PlannedProject, plan_project, runbook, task

PHASES: tuple[Phase, ...] = ("pre_test", "develop", "review", "post_test", "land")
FOCUS: Mapping[Phase, str] = MappingProxyType(
    {"pre_test": "F1", "develop": "F2", "review": "F3", "post_test": "F4", "land": "F5"}
)
BEFORE, BESIDE, MEANWHILE, AFTER = "P", "B", "M", "S"
LAND_POINTS = ("land", BEFORE_MOVE, AFTER_MOVE)
PHASE_OF_POINT: Mapping[str, Phase] = MappingProxyType(
    {
        "pre_test": "pre_test",
        "develop": "develop",
        REVIEW: "review",
        "post_test": "post_test",
        **dict.fromkeys(LAND_POINTS, "land"),
    }
)
BRANCH = "feature/change-the-app"
# A process that nobody finds by its parent or its session when the command above it is gone.
STRAGGLER = "setsid sleep 600 &"


def chaos_project(folder: Path, phases: Sequence[Phase], gates: Gates) -> PlannedProject:
    """Return the project; every execution of a task passes the gate `<task>:<point>`."""
    held = [FOCUS[phase] for phase in phases]
    others = [*held, BESIDE, *([MEANWHILE] if "land" in phases else [])]
    sections = [
        _section(BEFORE, (), gates),
        *(_section(name, (BEFORE,), gates) for name in others),
        _section(AFTER, others, gates),
    ]
    return plan_project(folder, runbook(*sections))


def _section(name: str, after: Sequence[str], gates: Gates) -> str:
    sources = " ".join(f"{other}.txt" for other in after) or "README.md"
    develop = (
        f"{STRAGGLER}\n{gates.passing(f'{name}:develop')}\n"
        f"cat {sources} > {name}.txt\necho {name} >> {name}.txt"
    )
    check = (
        f"phase=pre_test; if [ -e {name}.txt ]; then phase=post_test; fi\n"
        'case "$PWD" in */landing) phase=land;; esac\n'
        f"{gates.passing(f'{name}:$phase')}\n"
        f"test -s {name}.txt || {{ {gates.leaving(f'{name}:$phase')}; exit 1; }}\n"
        f"{gates.leaving(f'{name}:$phase')}"
    )
    return task(
        f"Write {name}",
        f"{develop}\n{gates.leaving(f'{name}:develop')}",
        check,
        id=name,
        after=f"[{', '.join(after)}]",
    )
