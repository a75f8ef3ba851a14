"""A table of tasks: what `tasks export --format csv` writes, edited in a spreadsheet."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.draft import SourceText
from planner.drafting.document_tasks import DocumentTasks
from planner.drafting.draft_features import DraftFeatures
from planner.drafting.plan_options import PlanLevel
from planner.drafting.task_headline import Headline
from planner.drafting.task_options import GivenOptions, TaskOptions
from planner.drafting.task_seed import TaskSeed
from planner.drafting.yaml_options import YamlMapping, validated
from planner.exchange.imported_tasks import ImportedTasks, title_of_file
from planner.exchange.plan_export import CSV_COLUMNS
from planner.exchange.table_cells import SEPARATORS, TableCell, read_rows
from planner.intake.markdown_outline import Outline
from planner.intake.secret_redaction import redact, secret_spans
from planner.intake.source_document import reading_findings
from planner.intake.source_evidence import evidence
from planner.intake.source_lines import read_lines
from schemas.dag import Finding
from schemas.errors import InvalidArguments
from schemas.features import Feature
from schemas.identifiers import check_identifier

HOURS = ("optimistic_hours", "likely_hours", "pessimistic_hours")
WHOLE_TREE = "**"
FORMULA = re.compile(r"'(?=[=+\-@])")
NEEDS_A_FENCE = ("command", "patch")
KNOWN_COLUMNS = f"the columns are {', '.join(CSV_COLUMNS)}; only title is needed"
Row = Mapping[str, TableCell]


@dataclass(frozen=True, slots=True)
class TableHead:
    """How a table is separated, and the names of its columns."""

    separator: str
    names: tuple[str, ...]


def table_head(text: str) -> TableHead | None:
    """Return the head of a table of tasks; None when a text has no line of column names, title among them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for separator in SEPARATORS:
        names = tuple(name.strip().strip('"').strip().lower() for name in first.split(separator))
        if "title" in names:
            return TableHead(separator, names)
    return None


def read_task_table(source: SourceText) -> ImportedTasks:
    """Return the tasks of a table, one for each row; `wave` and `checks` are computed, and not read.

    Raises:
        InvalidArguments: a column is unknown, or a cell cannot be used; with the line.
    """
    head = table_head(source.text)
    if head is None:
        raise InvalidArguments(
            f"{source.name}:1: the table has no column `title`",
            hint=f"begin with a line of columns; {KNOWN_COLUMNS}",
        )
    _check_columns(source, head.names)
    lines = read_lines(source.text)
    document = Outline(source, lines, (), secret_spans(source.text))
    rows = [_row(source, head.names, cells) for cells in read_rows(source, lines, head.separator)[1:]]
    if not rows:
        raise InvalidArguments(f"{source.name}: the table has no row", hint="write a row for each task")
    seeds = tuple(_seed(document, row, head.separator) for row in rows)
    findings = (*reading_findings(source), *(item for row in rows for item in _left_out(source, row)))
    tasks = DocumentTasks(document, "prose", PlanLevel(), seeds, findings)
    title = title_of_file(source)
    return ImportedTasks(source, (tasks,), _features(document, rows, title), title)


def _check_columns(source: SourceText, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name not in CSV_COLUMNS:
            near = difflib.get_close_matches(name, CSV_COLUMNS, n=1)
            advice = f"did you mean `{near[0]}`? " if near else ""
            raise InvalidArguments(
                f"{source.name}:1: the column {name!r} is not known", hint=f"{advice}{KNOWN_COLUMNS}"
            )
        if name in names[:number]:
            raise InvalidArguments(
                f"{source.name}:1: the column `{name}` is there twice", hint="take one of the two away"
            )


def _row(source: SourceText, names: Sequence[str], cells: Sequence[TableCell]) -> Row:
    line = cells[0].line
    if any(cell.text for cell in cells[len(names) :]):
        raise InvalidArguments(
            f"{source.name}:{line}: this row has {len(cells)} cells, and there are {len(names)} columns",
            hint='put a cell that holds a separator into "quotes"',
        )
    row = {name: cell for name, cell in zip(names, cells, strict=False) if cell.text}
    if "title" not in row:
        raise InvalidArguments(
            f"{source.name}:{line}: this task has no title",
            hint="write into the column `title` what is to be done",
        )
    return row


def _seed(document: Outline, row: Row, separator: str) -> TaskSeed:
    title = row["title"]
    mark = FORMULA.match(title.text)
    start = title.start + (mark.end() if mark else 0)
    text = " ".join(title.text[mark.end() if mark else 0 :].split())
    return TaskSeed(
        document=document,
        owner=None,
        headline=Headline(title=text),
        quotes=((start, title.end),),
        given=_given(document.source.name, row, separator),
        description=text,
    )


def _given(name: str, row: Row, separator: str) -> GivenOptions:
    """Return what a row says besides its title, in the words of a `yaml task`."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}

    def give(key: str, value: object, column: str) -> None:
        values[key], lines[key] = value, row[column].line

    if "id" in row:
        give("id", row["id"].text, "id")
    if "after" in row:
        give("after", tuple(row["after"].text.replace(",", " ").split()), "after")
    if "priority" in row:
        give("priority", row["priority"].text.lower(), "priority")
    scope = tuple(row["scope"].text.split()) if "scope" in row else ()
    if scope not in {(), (WHOLE_TREE,)}:
        give("scope", scope, "scope")
    if any(column in row for column in HOURS):
        give("estimate", _hours(name, row, separator), next(column for column in HOURS if column in row))
    executor = row["executor"].text.lower() if "executor" in row else ""
    if executor == "noop":
        give("changes", "none", "executor")
    elif executor and executor not in NEEDS_A_FENCE:
        give("executor", executor, "executor")
    mapping = YamlMapping(values, {(key,): line for key, line in lines.items()})
    try:
        options = validated(TaskOptions, mapping, lambda line: f"{name}:{line or row['title'].line}")
    except InvalidArguments as error:
        raise InvalidArguments(error.message, hint=KNOWN_COLUMNS) from error
    return GivenOptions(options, lines, tuple(lines["after"] for _ in options.after or ()))


def _hours(name: str, row: Row, separator: str) -> tuple[float, ...]:
    """Return the three points; a likely time alone is taken as certain, as in a document."""
    given = [row.get(column) or row.get("likely_hours") for column in HOURS]
    missing = [column for column, cell in zip(HOURS, given, strict=True) if cell is None]
    if missing or len({column for column in HOURS if column in row}) == 2:  # noqa: PLR2004 - of three
        line = next(row[column].line for column in HOURS if column in row)
        raise InvalidArguments(
            f"{name}:{line}: the estimate is not whole",
            hint=f"fill {', '.join(HOURS)}, or likely_hours alone, or none of them",
        )
    return tuple(_number(name, cell, separator) for cell in given if cell is not None)


def _number(name: str, cell: TableCell, separator: str) -> float:
    # Where a comma separates decimals, spreadsheets separate cells by something else.
    text = cell.text if separator == "," else cell.text.replace(",", ".")
    if not re.fullmatch(r"\d{1,7}(?:\.\d*)?(?:[eE]-?\d{1,3})?|\.\d+", text):
        raise InvalidArguments(
            f"{name}:{cell.line}: {cell.text!r} is no number of hours", hint="write hours such as 1.5"
        )
    return float(text)


def _left_out(source: SourceText, row: Row) -> list[Finding]:
    executor = row.get("executor")
    if executor is None or executor.text.lower() not in NEEDS_A_FENCE:
        return []
    message = (
        f"`{executor.text}` is left out: a table holds neither script nor patch; "
        "write the task into a runbook to have it act"
    )
    return [
        Finding(
            rule="not-in-a-table", severity="warning", message=message, file=source.name, line=executor.line
        )
    ]


def _features(document: Outline, rows: Sequence[Row], title: str) -> DraftFeatures:
    """Return a feature for each word in the column `feature`; one that is an id stays the id."""
    ids: dict[str, str] = {}
    features: list[Feature] = []
    of_task: list[str] = []
    taken = {row["feature"].text for row in rows if "feature" in row}
    for row in rows:
        cell = row.get("feature")
        name = cell.text if cell is not None else title
        if name not in ids:
            ids[name] = _feature_id(name, taken if cell is not None else {name, *taken}, len(ids) + 1)
            taken.add(ids[name])
            quoted = cell or row["title"]
            shown = redact(" ".join(name.split()))[0]
            features.append(
                Feature(
                    id=ids[name],
                    title=shown,
                    description=shown,
                    priority="medium",
                    source_evidence=(evidence(document, quoted.start, quoted.end),),
                )
            )
        of_task.append(ids[name])
    return DraftFeatures(tuple(features), tuple(of_task))


def _feature_id(name: str, taken: set[str], number: int) -> str:
    try:
        return check_identifier(name)
    except ValueError:
        while f"F{number:03d}" in taken:
            number += 1
        return f"F{number:03d}"
