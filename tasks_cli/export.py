"""`tasks export`: a plan for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from tasks_cli.path_type import path

FORMS = ("tasks-md", "csv", "dot", "graphml", "mermaid", "github-issues")


@click.command("export")
@click.argument("directory", type=path)
@click.option("--format", "form", type=click.Choice(FORMS), required=True, help="What to write.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file.  [default: stdout]"
)
def command(directory: Path, form: str, output: Path | None) -> None:
    """Write the plan in DIRECTORY as a checklist, a table, a graph or a list of issues."""
    from planner.exchange.plan_export import export_plan
    from planner.storage.plan_folder import read_plan_folder
    from schemas.errors import InvalidArguments
    from tasks_cli.printing import print_result

    text = export_plan(read_plan_folder(directory), form)
    if output is None:
        print_result(text.rstrip("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidArguments(
            f"{output} cannot be written: {error.strerror or error}", hint="choose another file with -o"
        ) from error
    print_result(str(output))
