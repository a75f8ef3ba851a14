"""The published JSON Schemas of the artifacts: made from the models, checked in under schemas/v3/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemas.errors import InvalidArguments
from schemas.plan import ARTIFACTS, META_FILE, PlanMetaFile
from schemas.record import Record

FOLDER = Path(__file__).parent / "v3"
BASE_ID = "urn:tasks-on-temporal:v3:"
MODELS: dict[str, type[Record]] = {
    **{name.removesuffix(".json"): model for name, model in ARTIFACTS.items()},
    META_FILE.removeprefix(".").removesuffix(".json"): PlanMetaFile,
}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an artifact named without its ending, such as `tasks`.

    Raises:
        InvalidArguments: when there is no artifact of this name.
    """
    if name not in MODELS:
        raise InvalidArguments(
            f"there is no schema {name!r}", hint=f"choose one of: {', '.join(sorted(MODELS))}"
        )
    body = MODELS[name].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": BASE_ID + name, **body}


def schema_text(name: str) -> str:
    """Return the text of the checked-in schema file."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def write_schema_files(folder: Path = FOLDER) -> None:
    """Write all schema files; run by `make schemas-v3` after a model was changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")
