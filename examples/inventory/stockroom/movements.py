"""Reading the ledger: one line is one movement of stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Movement:
    """Pieces that came in (positive) or went out (negative) on a day.

    A delivery knows what one piece cost.
    """

    day: date
    sku: str
    quantity: int
    unit_cost: float | None = None


def parse_movement(line: str) -> Movement:
    """Read one line such as `2025-03-03 in tube-28 40 @ 3.20`."""
    day, direction, sku, quantity, *price = line.split()
    sign = 1 if direction == "in" else -1
    cost = float(price[1]) if price else None
    return Movement(date.fromisoformat(day), sku, sign * int(quantity), cost)


def read_ledger(lines: Iterable[str]) -> list[Movement]:
    """Read all movements; blank lines and lines that begin with # are for people."""
    return [parse_movement(line) for line in lines if line.strip() and not line.startswith("#")]
