"""The benchmarks run as commands, and what they print holds together; no time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def printed(*command: str) -> Any:  # noqa: ANN401 - whatever JSON a command prints
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_frontier_is_measured_against_waves_and_hindsight() -> None:
    report = printed("benchmarks/frontier.py", "--plans", "2", "--draws", "1", "--fresh", "3", "--json")
    for law in ("low", "wide"):
        row = report["laws"][law]
        hours = row["mean_hours"]
        assert hours["hindsight"] <= hours["frontier_chosen"] < hours["waves_first_come"]
        assert row["chosen_of_greedy_waves_first_come"] < 0.8
        assert row["percent_above_hindsight"]["frontier_chosen"] >= 0
        assert set(row["coverage_percent"]) == {"p50", "p80", "p95"}
        assert row["fresh_draws"] == 6


def test_the_cost_of_planning_is_measured_by_size() -> None:
    report = printed("benchmarks/scale.py", "--tasks", "60", "120", "--repeat", "1", "--json")
    assert [row["tasks"] for row in report["rows"]] == [60, 120]
    for row in report["rows"]:
        assert row["graph"]["exact_width"] >= row["graph"]["kahn_layer_max"] > 0
        assert row["schedule"]["hours"] >= row["schedule"]["lower_bound_hours"] > 0
        assert row["graph"]["seconds"]["together"] >= row["graph"]["seconds"]["exact_width"]
    assert report["forecast"]["simulations"] == 1000
