"""What a plan rule is: a name, a weight and a function that finds every breach of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from schemas.dag import Finding
from schemas.plan import TASKS_FILE, Plan

MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a plan breaks a rule, in the user's words, with what to do."""

    message: str
    pointer: str | None = None
    task: str | None = None
    file: str = TASKS_FILE


@dataclass(frozen=True, slots=True)
class Rule:
    """A plan rule: an error rejects the plan, a warning does not."""

    name: str
    severity: Literal["error", "warning"]
    breaches: Callable[[Plan], list[Breach]]

    def findings(self, plan: Plan) -> list[Finding]:
        """Return what breaks the rule in a plan: the first 50 places, and then how many more there are."""
        breaches = self.breaches(plan)
        found = [self._finding(breach) for breach in breaches[:MOST_FINDINGS]]
        if len(breaches) > MOST_FINDINGS:
            more = len(breaches) - MOST_FINDINGS
            found.append(self._finding(Breach(f"and {more} more places like these", file=breaches[-1].file)))
        return found

    def _finding(self, breach: Breach) -> Finding:
        return Finding(
            rule=self.name,
            severity=self.severity,
            message=breach.message,
            task=breach.task,
            file=breach.file,
            pointer=breach.pointer,
        )
