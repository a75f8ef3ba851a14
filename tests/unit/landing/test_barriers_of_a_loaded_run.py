"""The barriers of a plan's waves as a run takes them over: the plan's, not the machine's settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planner.stages.artifact_seal import sealed
from schemas.execution import WaveBarrier
from schemas.plan import WAVES_FILE
from schemas.settings import PlanSettings, Settings
from schemas.waves import WavesFile
from tests.small_project import PlannedProject, plan_project, runbook, task
from tests.unit.landing.run_of_phases import PhasedRun, load_run


def loaded_in_waves(project: PlannedProject, state: Path) -> PhasedRun:
    request = project.request.model_copy(update={"execution_model": "wave_based"})
    return load_run(replace(project, request=request), state)


def test_a_run_obeys_its_plan_and_names_a_fallback_that_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKS_WAVE_QUORUM", "1")
    text = runbook(*(task(f"Write {name}", f"echo {name} > {name}.txt", id=name) for name in "AB"))
    text += task("Write c", "echo c > c.txt", id="C", after="[A]")
    settings = Settings(plan=PlanSettings(wave_quorum=0.5, wave_timeout_minutes=90))
    project = plan_project(tmp_path, text, settings=settings)
    run = loaded_in_waves(project, tmp_path / "state")
    assert run.outline.barriers == (WaveBarrier(wave=1, quorum=0.5, timeout_minutes=90),)
    assert not any("fallback" in note for note in run.notes)
    run.finish()

    plan = dict(project.request.inline or {})
    waves = json.loads(plan[WAVES_FILE])
    waves["execution_models"]["wave_based"]["waves"][0]["barrier"]["fallback"] = "askSomebody"
    plan[WAVES_FILE] = json.dumps(sealed(WavesFile.model_validate(waves)).as_json())
    foreign = replace(project, request=project.request.model_copy(update={"inline": plan}))
    run = loaded_in_waves(foreign, tmp_path / "state")
    assert run.outline.barriers == (WaveBarrier(wave=1, quorum=0.5),)
    assert [note for note in run.notes if "fallback" in note] == [
        "wave 1: only 'deferOptional' is known as the fallback of a barrier, not 'askSomebody', "
        "so its timeout changes nothing"
    ]
