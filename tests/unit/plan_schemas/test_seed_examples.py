"""The format's own five examples are the acceptance fixtures of the schemas."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from schemas.canonical_json import content_hash
from schemas.json_schemas import FOLDER, MODELS, json_schema, schema_text
from schemas.plan import ARTIFACTS

EXAMPLES = Path(__file__).parent / "seed_examples"


def example(name: str) -> Any:  # noqa: ANN401 - the value of a JSON file
    return json.loads((EXAMPLES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ARTIFACTS)
def test_an_example_of_the_format_parses_and_round_trips_with_equal_values(name: str) -> None:
    assert ARTIFACTS[name].model_validate(example(name)).as_json() == example(name)


@pytest.mark.parametrize("name", ARTIFACTS)
def test_an_example_of_the_format_is_valid_under_the_published_schema(name: str) -> None:
    jsonschema.Draft202012Validator(json_schema(name.removesuffix(".json"))).validate(example(name))


@pytest.mark.parametrize("name", ["features.json", "tasks.json", "dag.json", "waves.json"])
def test_the_raw_examples_are_refused_for_their_placeholders(name: str) -> None:
    with pytest.raises(ValidationError, match="contentHash"):
        ARTIFACTS[name].model_validate(example(f"raw/{name}"))


def test_the_zero_hash_of_an_example_is_not_its_content_hash() -> None:
    document = example("tasks.json")
    assert content_hash(document) != document["generated"]["contentHash"]


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_file_equals_its_model(name: str) -> None:
    written = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(name), "run `make schemas-v3`"


def test_an_unknown_field_is_refused() -> None:
    document = example("features.json")
    document["features"][0]["priorty"] = "high"
    with pytest.raises(ValidationError, match="priorty"):
        ARTIFACTS["features.json"].model_validate(document)


@pytest.mark.parametrize("field", ["contentHash", "timestamp"])
def test_the_content_hash_ignores_what_names_or_dates_the_artifact(field: str) -> None:
    document = example("tasks.json")
    before = content_hash(document)
    document["generated"][field] = "something else"
    assert content_hash(document) == before


def test_the_content_hash_sees_every_other_change() -> None:
    document = example("tasks.json")
    before = content_hash(document)
    document["tasks"][0]["title"] += "!"
    assert content_hash(document) != before
