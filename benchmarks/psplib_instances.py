"""Read the instances of PSPLIB (Kolisch, Sprecher 1996) and their best known makespans."""

from __future__ import annotations

import csv
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.scheduling.plan_index import PlanIndex, TaskDemand, build_plan_index

BEST_KNOWN = "best_known.csv"


@dataclass(frozen=True, slots=True)
class Instance:
    """One file: activity i, counted from 0, is the i-th of the file, the two dummies included."""

    name: str
    durations: tuple[int, ...]
    successors: tuple[tuple[int, ...], ...]
    needs: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]

    def plan_index(self) -> PlanIndex:
        """Return the same for the scheduler; a task's number is its activity's."""
        after: list[list[str]] = [[] for _ in self.durations]
        for activity, behind in enumerate(self.successors):
            for successor in behind:
                after[successor].append(_id(activity))
        tasks = [
            TaskDemand(
                id=_id(activity),
                hours=duration,
                resources={f"R{number}": units for number, units in enumerate(self.needs[activity]) if units},
                after=tuple(after[activity]),
            )
            for activity, duration in enumerate(self.durations)
        ]
        return build_plan_index(tasks, {f"R{number}": units for number, units in enumerate(self.capacities)})


def _id(activity: int) -> str:
    return f"{activity + 1:04}"


def parse_instance(name: str, text: str) -> Instance:
    """Return the instance of a single-mode file.

    Raises:
        ValueError: the file has not the sections of PSPLIB's format, or more than one mode.
    """
    precedence = _rows(name, text, "PRECEDENCE RELATIONS:")
    requests = _rows(name, text, "REQUESTS/DURATIONS:")
    (capacities,) = _rows(name, text, "RESOURCEAVAILABILITIES:")
    if len(precedence) != len(requests) or any(row[1] != 1 for row in precedence):
        message = f"{name}: {len(precedence)} activities and {len(requests)} modes: only single-mode files"
        raise ValueError(message)
    return Instance(
        name=name,
        durations=tuple(row[2] for row in requests),
        successors=tuple(tuple(number - 1 for number in row[3:]) for row in precedence),
        needs=tuple(tuple(row[3:]) for row in requests),
        capacities=tuple(capacities),
    )


def _rows(name: str, text: str, title: str) -> list[list[int]]:
    """Return the lines of numbers under a title, up to the next line of stars."""
    _, found, rest = text.partition(title)
    if not found:
        message = f"{name}: no section {title!r}: is this a PSPLIB file?"
        raise ValueError(message)
    section = rest.partition("***")[0]
    return [
        [int(number) for number in line.split()]
        for line in section.splitlines()
        if re.fullmatch(r"[\d\s]*\d[\d\s]*", line)
    ]


def read_set(folder: Path, set_name: str, every: int) -> Iterator[Instance]:
    """Yield every n-th instance of a set, by parameter and number, out of its archive."""
    with tarfile.open(folder / f"{set_name}.tar.xz") as archive:
        texts = {
            Path(member.name).stem: handle.read().decode("latin-1")
            for member in archive
            if member.name.endswith(".sm") and (handle := archive.extractfile(member)) is not None
        }
    for name in sorted(texts, key=lambda name: _parts(name, set_name))[::every]:
        yield parse_instance(name, texts[name])


def _parts(name: str, set_name: str) -> tuple[int, ...]:
    """Return (parameter, number) of a name such as `j301_1`."""
    return tuple(int(part) for part in name.removeprefix(set_name).split("_"))


def best_known(folder: Path) -> dict[str, int]:
    """Return the best known makespan of each instance."""
    with (folder / BEST_KNOWN).open(encoding="utf-8") as lines:
        return {row["instance"]: int(row["best"]) for row in csv.DictReader(lines)}
