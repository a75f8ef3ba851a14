"""Settings: the environment over the project's file over the defaults, loaded once and passed down."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from planner.machine.bounded_read import read_at_most
from schemas.errors import InvalidArguments
from schemas.settings import Settings

APPLICATION = "tasks-on-temporal"
SETTINGS_FILE = "tasks.toml"
PROJECT_FILE = "pyproject.toml"
MOST_BYTES = 1024 * 1024

Sections = dict[str, dict[str, Any]]


def load_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Return the settings for a codebase: `TASKS_*` over tasks.toml or [tool.tasks] over the defaults.

    Raises:
        InvalidArguments: when a file cannot be read, or a value cannot be used; names the file and the
            key, or the variable.
    """
    file, sections = _from_files(folder)
    origins = {
        (section, key): f"{file}: {section}.{key}" for section, keys in sections.items() for key in keys
    }
    for variable, (section, key) in variable_names().items():
        if environment.get(variable):
            sections.setdefault(section, {})[key] = _value_of(variable, environment[variable], section, key)
            origins[section, key] = variable
    return _checked(sections, origins)


def with_flags(settings: Settings, section: str, flags: Mapping[str, object]) -> Settings:
    """Return the settings with the flags of a command over them; a flag that is `None` was not given.

    Raises:
        InvalidArguments: when a flag's value cannot be used.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    sections = settings.model_dump()
    sections[section].update(given)
    return _checked(sections, {(section, key): f"--{key.replace('_', '-')}" for key in given})


def variable_names() -> dict[str, tuple[str, str]]:
    """Return for each environment variable the section and the key it sets; the seed's own names."""
    return {
        f"TASKS_{key.upper()}": (section, key)
        for section, field in Settings.model_fields.items()
        for key in field.default.__class__.model_fields
    }


def as_variables(settings: Settings, *sections: str) -> dict[str, str]:
    """Return the environment that gives another process of ours the values of these sections."""
    values = {
        variable: getattr(getattr(settings, section), key)
        for variable, (section, key) in variable_names().items()
        if section in sections
    }
    return {
        variable: json.dumps(value) if isinstance(value, dict) else str(value)
        for variable, value in values.items()
        if value is not None
    }


def state_folder(settings: Settings) -> Path:
    """Return the folder for what we remember: known plans, logs, process ids."""
    if settings.server.state_dir:
        return Path(settings.server.state_dir).expanduser().absolute()
    return Path(platformdirs.user_state_dir(APPLICATION, appauthor=False))


def _from_files(folder: Path) -> tuple[Path, Sections]:
    own = folder / SETTINGS_FILE
    if os.path.lexists(own):  # a link that leads nowhere is a mistake too
        return own, _sections(own, _toml(own))
    project = folder / PROJECT_FILE
    if project.is_file():
        tool = _toml(project).get("tool", {})
        tables = tool.get("tasks", {}) if isinstance(tool, dict) else {}
        if not isinstance(tables, dict):
            raise InvalidArguments(
                f"{project}: tool.tasks must be a table", hint="write it as [tool.tasks.plan]"
            )
        return project, _sections(project, tables)
    return own, {}


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_at_most(file, MOST_BYTES).decode())
    except UnicodeDecodeError as error:
        raise InvalidArguments(
            f"the settings in {file} are not UTF-8 text (byte {error.start})", hint="save it as UTF-8"
        ) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidArguments(
            f"the settings in {file} cannot be read: {why}", hint="mend the file, or move it away"
        ) from error


def _sections(file: Path, tables: dict[str, Any]) -> Sections:
    for name, table in tables.items():
        if name not in Settings.model_fields:
            raise _unknown(file, name, Settings.model_fields)
        if not isinstance(table, dict):
            raise InvalidArguments(f"{file}: {name} must be a table", hint=f"write it as [{name}]")
        known = Settings.model_fields[name].default.__class__.model_fields
        for key in table:
            if key not in known:
                raise _unknown(file, f"{name}.{key}", known)
    return {name: dict(table) for name, table in tables.items()}


def _unknown(file: Path, name: str, known: Mapping[str, object]) -> InvalidArguments:
    near = difflib.get_close_matches(name.rpartition(".")[2], known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
    return InvalidArguments(f"{file}: there is no setting {name!r}", hint=hint)


def _value_of(variable: str, text: str, section: str, key: str) -> object:
    """Return the value of a variable; a table is written as JSON, everything else as it is."""
    default = getattr(Settings.model_fields[section].default, key)
    if not isinstance(default, dict):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidArguments(
            f"{variable} is not valid JSON: {error.msg}", hint='write a table, such as {"small": [0.5, 1, 2]}'
        ) from error


def _checked(sections: Mapping[str, object], origins: Mapping[tuple[str, str], str]) -> Settings:
    try:
        return Settings.model_validate(sections)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        section, key = str(problem["loc"][0]), str(problem["loc"][1]) if len(problem["loc"]) > 1 else ""
        origin = origins.get((section, key), f"{section}.{key}")
        raise InvalidArguments(
            f"{origin}: {problem['msg']}, not {problem['input']!r}", hint="correct the value"
        ) from error
