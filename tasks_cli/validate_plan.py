"""`tasks validate-plan`: a plan under all plan rules."""

from __future__ import annotations

from pathlib import Path

import click

from tasks_cli.path_type import path


@click.command("validate-plan")
@click.argument("directory", type=path)
@click.option("--json", "as_json", is_flag=True, help="Print {ok, findings} as JSON.")
def command(directory: Path, as_json: bool) -> int:
    """Check the plan in DIRECTORY; exit code 5 when a rule rejects it, or when it cannot be read."""
    from planner.rules.plan_rules import is_good, validate
    from planner.storage.plan_folder import described, parse_plan_folder
    from schemas.errors import ExitCode
    from tasks_cli.printing import coloured, print_json, print_note, print_result

    parsed = parse_plan_folder(directory)
    findings = parsed.findings if parsed.plan is None else validate(parsed.plan, directory)
    ok = is_good(findings)
    if as_json:
        print_json({"ok": ok, "findings": [finding.model_dump(mode="json") for finding in findings]})
    else:
        for finding in findings:
            colour = "red" if finding.severity == "error" else "yellow"
            print_note(f"{coloured(finding.severity + ':', colour)} {described(finding)}")
        print_result("the plan is valid" if ok else "the plan is not valid")
    return ExitCode.SUCCESS if ok else ExitCode.PLAN_VALIDATION_FAILED
