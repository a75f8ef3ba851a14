"""The benchmark reads PSPLIB's files, and what it prints about a set can be checked by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks.psplib import METHODS, Answer, WrongSchedule, measured
from benchmarks.psplib_instances import Instance, parse_instance
from planner.scheduling.check_schedule import check
from planner.scheduling.limits import Limits
from planner.scheduling.plan_index import PlanIndex
from planner.scheduling.simulate import Schedule, simulate

ROOT = Path(__file__).resolve().parents[3]
FILES = Path(__file__).with_name("psplib")
BEST = {"j301_1": 43, "j309_4": 71, "j601_1": 77}


def instance(name: str) -> Instance:
    return parse_instance(name, (FILES / f"{name}.sm").read_text(encoding="latin-1"))


def test_a_file_is_read_as_it_is_written() -> None:
    read = instance("j301_1")
    assert len(read.durations) == 32
    assert read.durations[:4] == (0, 8, 4, 6)
    assert read.successors[2] == (6, 7, 12)
    assert read.needs[1] == (4, 0, 0, 0)
    assert read.capacities == (12, 13, 4, 12)
    assert max(read.plan_index().tails) == 38  # the file's own MPM-Time


def test_a_file_of_another_kind_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"notes: no section 'PRECEDENCE RELATIONS:': is this a PSPLIB file"):
        parse_instance("notes", "nothing of the kind")


@pytest.mark.parametrize("name", BEST)
def test_every_method_keeps_the_rules_and_the_search_comes_close_to_the_best_known(name: str) -> None:
    above = {method: measured(instance(name), BEST[name], METHODS[method]).above for method in METHODS}
    assert min(above.values()) >= 0  # nobody has ever found a shorter one
    assert above["evolve"] <= 1.5
    assert above["evolve"] <= above["frontier_latest_finish_justified"]
    assert above["frontier_longest_path_first"] < above["waves_greedy_first_come"] < above["waves_by_layer"]


def test_a_method_that_breaks_a_rule_stops_the_benchmark() -> None:
    def all_at_once(index: PlanIndex, limits: Limits) -> Answer:
        honest = simulate(index, index.durations, limits)
        nowhere = (0.0,) * len(index.ids)
        return Answer(Schedule(nowhere, index.durations, max(index.durations), honest.order))

    with pytest.raises(WrongSchedule, match=r"^j301_1: .* which it depends on"):
        measured(instance("j301_1"), 43, all_at_once)


def test_the_command_prints_each_set_and_writes_the_starts(tmp_path: Path) -> None:
    (tmp_path / "best_known.csv").write_text("set,instance,best\nj30,j301_1,43\nj30,j309_4,71\n")
    with tarfile.open(tmp_path / "j30.tar.xz", "w:xz") as archive:
        for name in ("j309_4", "j301_1"):
            archive.add(FILES / f"{name}.sm", f"j30/{name}.sm")
    command = [sys.executable, "benchmarks/psplib.py", str(tmp_path), "--sets", "j30", "--json"]
    done = subprocess.run(
        [*command, "--starts", str(tmp_path / "starts.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    row = json.loads(done.stdout)["sets"]["j30"]
    assert row["instances"] == 2
    assert 0 <= row["evolve"]["mean_percent_above_best_known"] <= 1.5
    assert row["evolve"]["most_schedules"] <= 1000
    starts = json.loads((tmp_path / "starts.json").read_text(encoding="utf-8"))
    assert list(starts) == ["j301_1", "j309_4"]
    read = instance("j301_1")
    finishes = [begin + hours for begin, hours in zip(starts["j301_1"], read.durations, strict=True)]
    order = sorted(range(32), key=lambda task: (starts["j301_1"][task], finishes[task]))
    schedule = Schedule(tuple(starts["j301_1"]), tuple(finishes), max(finishes), tuple(order))
    assert check(read.plan_index(), schedule, Limits(32)) == ()
