"""`tasks schema`: the published JSON Schemas."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the JSON Schema (draft 2020-12) of an artifact such as `tasks`; without NAME, list the names."""
    from schemas.json_schemas import MODELS, schema_text
    from tasks_cli.printing import print_result

    if name is None:
        print_result("\n".join(MODELS))
        return
    print_result(schema_text(name.removesuffix(".json")).rstrip("\n"))
