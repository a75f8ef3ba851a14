"""Settings come from the environment, the project's file and the defaults, in this order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.errors import ExitCode, InvalidArguments
from schemas.settings import Settings
from workers.settings import load_settings, state_folder, variable_names, with_flags


def test_without_anything_the_settings_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path) == Settings()


def test_flags_win_over_the_environment_which_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "tasks.toml").write_text(
        "[plan]\nmax_concurrent = 3\nmax_wave_size = 7\nmin_confidence = 0.5\n"
    )
    environment = {"TASKS_MAX_CONCURRENT": "4", "TASKS_MAX_WAVE_SIZE": "8"}
    plan = with_flags(
        load_settings(environment, tmp_path), "plan", {"max_concurrent": 5, "output_dir": None}
    ).plan
    assert (plan.max_concurrent, plan.max_wave_size, plan.min_confidence) == (5, 8, 0.5)
    assert plan.output_dir == "./tasks_output/"


def test_a_project_file_may_hold_the_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.tasks.execute]\nworker_max = 3\n")
    assert load_settings({}, tmp_path).execute.worker_max == 3


@pytest.mark.parametrize(
    "name",
    [
        "TASKS_CODEBASE_PATH",
        "TASKS_EXECUTION_MODEL",
        "TASKS_OUTPUT_DIR",
        "TASKS_WORKER_MAX",
        "TASKS_MIN_CONFIDENCE",
        "TASKS_STATE_DIR",
        "TASKS_WAVE_QUORUM",
        "TASKS_WAVE_TIMEOUT_MINUTES",
    ],
)
def test_the_variables_have_the_names_of_the_format(name: str) -> None:
    assert name in variable_names()


def test_no_two_settings_share_a_variable() -> None:
    settings = [key for field in Settings.model_fields.values() for key in type(field.default).model_fields]
    assert len(variable_names()) == len(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TASKS_MIN_CONFIDENCE", "high"),
        ("TASKS_MIN_CONFIDENCE", "1.5"),
        ("TASKS_EXECUTION_MODEL", "waves"),
        ("TASKS_WAVE_QUORUM", "0"),
        ("TASKS_WAVE_QUORUM", "95"),
        ("TASKS_WAVE_TIMEOUT_MINUTES", "-5"),
        ("TASKS_HOURS_BY_COMPLEXITY", "{"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(variable: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidArguments, match=variable):
        load_settings({variable: value}, tmp_path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[plan]\nmax_concurent = 3\n", "max_concurrent"),
        ("[plans]\nmax_concurrent = 3\n", "plan"),
        ("plan = 3\n", r"\[plan\]"),
        ("[plan\n", "tasks.toml"),
        ("[plan]\nmax_concurrent = 0\n", "plan.max_concurrent"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_advice(text: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "tasks.toml").write_text(text)
    with pytest.raises(InvalidArguments) as caught:
        load_settings({}, tmp_path)
    assert "tasks.toml" in caught.value.message
    import re

    assert re.search(named, caught.value.message + caught.value.hint)


def test_a_table_is_given_in_the_environment_as_json(tmp_path: Path) -> None:
    settings = load_settings({"TASKS_HOURS_BY_COMPLEXITY": '{"small": [1, 1, 1]}'}, tmp_path)
    assert settings.plan.hours_by_complexity == {"small": (1, 1, 1)}


def test_the_state_folder_is_the_one_that_is_set(tmp_path: Path) -> None:
    settings = load_settings({"TASKS_STATE_DIR": str(tmp_path / "state")}, tmp_path)
    assert state_folder(settings) == tmp_path / "state"


REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "settings.md"
IN_WORDS = {"hours_by_complexity", "port", "ui_port", "state_dir"}


def test_the_reference_lists_every_setting_with_its_variable_and_default() -> None:
    rows = {
        cells[0].strip("` "): cells
        for line in REFERENCE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and len(cells := line.strip("| ").split(" | ")) == 4
    }
    assert set(rows) == {key for _, key in variable_names().values()}
    for variable, (section, key) in variable_names().items():
        assert rows[key][1] == f"`{variable}`"
        default = getattr(getattr(Settings(), section), key)
        written = rows[key][2].strip("`")
        if key not in IN_WORDS:
            assert written == {None: "none", False: "false"}.get(default, f"{default}".removesuffix(".0")), (
                key
            )


def test_the_reference_lists_every_exit_code() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    listed = {int(line.split("|")[1]) for line in text.splitlines() if re.match(r"\| \d+ \|", line)}
    assert listed == {int(code) for code in ExitCode}
