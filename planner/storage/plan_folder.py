"""The plan folder: written whole or not at all, and read with every error named by file and line."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from planner.draft import EstimateOrigin
from planner.machine.bounded_read import is_utf8, read_at_most
from planner.storage.artifact_text import artifact_text, parse_artifact
from schemas.coordinator import CoordinatorFile
from schemas.dag import DagFile, Finding
from schemas.errors import InvalidArguments, PlanValidationFailed
from schemas.features import FeaturesFile
from schemas.plan import (
    ARTIFACTS,
    CHECKPOINTS_FOLDER,
    COORDINATOR_FILE,
    DAG_FILE,
    DECISIONS_DOCUMENT,
    FEATURES_FILE,
    META_FILE,
    PLAN_DOCUMENT,
    TASKS_FILE,
    WAVES_FILE,
    Drafter,
    Plan,
    PlanMetaFile,
    plan_id,
)
from schemas.record import Record
from schemas.tasks import TasksFile
from schemas.waves import WavesFile

REPORT_FILE = "report.html"
_DOCUMENTS = (PLAN_DOCUMENT, DECISIONS_DOCUMENT)
MOST_BYTES = 256 * 1024**2  # four times a plan of 10,000 tasks
GIT_FOLDER = ".git"
_OURS = frozenset({*ARTIFACTS, *_DOCUMENTS, META_FILE, CHECKPOINTS_FOLDER, REPORT_FILE})


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What .tasks-meta.json says besides the plan itself."""

    drafter: Drafter
    timestamp: str
    version: str
    codebase: str | None = None
    estimate_origins: Mapping[str, EstimateOrigin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedFolder:
    """A plan as read, or `None` with what is wrong; `texts` are the files as they stand on disk."""

    plan: Plan | None
    findings: tuple[Finding, ...]
    texts: Mapping[str, str]


def plan_texts(plan: Plan) -> dict[str, str]:
    """Return the text of each of the seven files."""
    artifacts: dict[str, Record] = {
        FEATURES_FILE: plan.features,
        TASKS_FILE: plan.tasks,
        DAG_FILE: plan.dag,
        WAVES_FILE: plan.waves,
        COORDINATOR_FILE: plan.coordinator,
    }
    texts = {name: artifact_text(record) for name, record in artifacts.items()}
    return {**texts, PLAN_DOCUMENT: plan.plan_document, DECISIONS_DOCUMENT: plan.decisions_document}


def write_plan_folder(plan: Plan, folder: Path, facts: FolderFacts, *, force: bool = False) -> Path:
    """Write a plan as a folder and return the folder's absolute path.

    The folder is prepared beside its place, flushed to the disk and renamed, so that nobody ever sees half
    a plan. The checkpoints of runs are carried over.

    Raises:
        InvalidArguments: when the place cannot hold a plan, holds foreign files, or an edited plan and not
            `force`. Nothing was changed then.
    """
    place = Path(os.path.realpath(folder))
    replaced = place.with_name(f".{place.name}.replaced")
    try:
        _check_usable(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        _finish_interrupted_replacement(place, replaced)
        _check_replaceable(place, force=force)
        _write_in_one_step(place, replaced, plan, facts)
    except OSError as error:
        raise InvalidArguments(
            f"the plan folder {place} cannot be written: {error.strerror or error}",
            hint="choose another folder with --output-dir",
        ) from error
    return place


def read_plan_folder(folder: Path) -> Plan:
    """Return the plan in a folder; whether it is a good plan is for the plan rules to say.

    Raises:
        InvalidArguments: when there is no such folder.
        PlanValidationFailed: when a file is missing or does not fit the schema; names file, line and path.
    """
    parsed = parse_plan_folder(folder)
    if parsed.plan is None:
        listed = "\n".join(f"  {described(finding)}" for finding in parsed.findings)
        raise PlanValidationFailed(
            f"the plan in {folder} cannot be read:\n{listed}",
            hint="mend the file as said, or make the plan again with `tasks plan`",
        )
    return parsed.plan


def parse_plan_folder(folder: Path) -> ParsedFolder:
    """Return the plan in a folder, or else what is wrong with its files.

    Raises:
        InvalidArguments: when there is no such folder.
    """
    if not folder.is_dir():
        raise InvalidArguments(
            f"there is no plan folder {folder}",
            hint="give the folder that `tasks plan` printed; `tasks list-plans` lists the known ones",
        )
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for name in (*ARTIFACTS, *_DOCUMENTS):
        try:
            texts[name] = plan_file_text(folder / name)
        except (OSError, ValueError) as error:
            findings.append(_unreadable(name, error))
    records: dict[str, Record] = {}
    for name, model in ARTIFACTS.items():
        if name in texts:
            parsed = parse_artifact(name, texts[name], model)
            if isinstance(parsed, Record):
                records[name] = parsed
            else:
                findings.extend(parsed)
    return ParsedFolder(None if findings else _assembled(records, texts), tuple(findings), texts)


def plan_file_text(file: Path) -> str:
    """Return the text of one file of a plan.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not UTF-8 text, or too large; the message is for the user.
    """
    data = read_at_most(file, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise ValueError(f"the file is larger than {MOST_BYTES // 1024**2} MB")
    return data.decode()


def read_plan_meta(folder: Path) -> PlanMetaFile | None:
    """Return the folder's own record, or `None` when there is none that can be read."""
    try:
        text = plan_file_text(folder / META_FILE)
    except (OSError, ValueError):
        return None
    parsed = parse_artifact(META_FILE, text, PlanMetaFile)
    return parsed if isinstance(parsed, PlanMetaFile) else None


def described(finding: Finding) -> str:
    """Return a finding as one line of text: place, task, rule and message."""
    place = finding.file or ""
    if finding.line is not None:
        place += f":{finding.line}"
    if finding.pointer:
        place += f" {finding.pointer}"
    named = f"{place}: " if place else ""
    return f"{named}{finding.message} [{finding.rule}]"


def _unreadable(name: str, error: OSError | ValueError) -> Finding:
    if isinstance(error, FileNotFoundError):
        message = "the file is missing; make the plan again with `tasks plan`"
    elif isinstance(error, UnicodeDecodeError):
        message = f"the file is not UTF-8 text (byte {error.start}); save it as UTF-8"
    elif isinstance(error, OSError):
        message = f"the file cannot be read: {error.strerror}"
    else:
        message = f"{error}; make the plan again with `tasks plan`"
    return Finding(rule="file", severity="error", file=name, message=message)


def _assembled(records: Mapping[str, Record], texts: Mapping[str, str]) -> Plan:
    return Plan(
        features=cast("FeaturesFile", records[FEATURES_FILE]),
        tasks=cast("TasksFile", records[TASKS_FILE]),
        dag=cast("DagFile", records[DAG_FILE]),
        waves=cast("WavesFile", records[WAVES_FILE]),
        coordinator=cast("CoordinatorFile", records[COORDINATOR_FILE]),
        plan_document=texts[PLAN_DOCUMENT],
        decisions_document=texts[DECISIONS_DOCUMENT],
    )


def _check_usable(place: Path) -> None:
    advice = "choose another folder with --output-dir"
    if not is_utf8(place):
        raise InvalidArguments(f"the path {place} is not UTF-8, as the records of plans are", hint=advice)
    if GIT_FOLDER in place.parts:
        raise InvalidArguments(f"{place} lies in a folder that belongs to git", hint=advice)
    if place.is_symlink():  # the path was resolved: what is still a link leads nowhere
        raise InvalidArguments(f"{place} is a link that leads to itself", hint=advice)
    for folder in (place, *place.parents):
        if folder.exists() and not folder.is_dir():
            raise InvalidArguments(f"{folder} is a file", hint=advice)


def _check_replaceable(place: Path, *, force: bool) -> None:
    if not place.exists():
        return
    present = {entry.name for entry in place.iterdir()}
    if not present and place != Path.cwd():
        return
    foreign = sorted(present - _OURS)
    if foreign or META_FILE not in present:
        held = ", ".join(foreign[:5]) or "no plan that we wrote"
        raise InvalidArguments(
            f"{place} is not a plan folder that can be replaced: it holds {held}",
            hint="choose a new or empty folder with --output-dir; nothing was changed",
        )
    edited = edited_files(place)
    if edited and not force:
        raise InvalidArguments(
            f"the plan in {place} was edited since it was written: {', '.join(edited)}",
            hint="keep it by choosing another --output-dir, or replace it with --force",
        )


def edited_files(place: Path) -> list[str]:
    """Return the names of the files that are not as they were written; without a record, the record's own."""
    meta = read_plan_meta(place)
    if meta is None:
        return [META_FILE]
    return sorted(
        name
        for name, digest in meta.files.items()
        if not (place / name).is_file() or _sha256((place / name).read_bytes()) != digest
    )


def _write_in_one_step(place: Path, replaced: Path, plan: Plan, facts: FolderFacts) -> None:
    prepared = place.with_name(f".{place.name}.new-{os.getpid()}")
    try:
        _prepare(prepared, plan, facts)
        _move_into_place(prepared, place, replaced)
    except BaseException:
        shutil.rmtree(prepared, ignore_errors=True)
        raise


def _prepare(prepared: Path, plan: Plan, facts: FolderFacts) -> None:
    texts = plan_texts(plan)
    meta = PlanMetaFile(
        version=facts.version,
        plan_id=plan_id(plan.tasks.generated.contentHash),
        drafter=facts.drafter,
        timestamp=facts.timestamp,
        contentHash=plan.tasks.generated.contentHash,
        files={name: _sha256(text.encode()) for name, text in texts.items()},
        codebase=facts.codebase,
        estimate_origins=dict(facts.estimate_origins),
    )
    shutil.rmtree(prepared, ignore_errors=True)
    prepared.mkdir()
    for name, text in {**texts, META_FILE: artifact_text(meta)}.items():
        _write_durably(prepared / name, text.encode())
    _flush_folder(prepared)


def _move_into_place(prepared: Path, place: Path, replaced: Path) -> None:
    """Put the prepared folder where the old one is; a power cut leaves one of the two, whole."""
    if not place.exists() or not any(place.iterdir()):
        prepared.rename(place)
        _flush_folder(place.parent)
        return
    place.rename(replaced)
    try:
        prepared.rename(place)
    except OSError:
        replaced.rename(place)
        raise
    _flush_folder(place.parent)
    _drop_replaced(place, replaced)


def _finish_interrupted_replacement(place: Path, replaced: Path) -> None:
    if not replaced.exists():
        return
    if place.exists():
        _drop_replaced(place, replaced)
    else:
        replaced.rename(place)


def _drop_replaced(place: Path, replaced: Path) -> None:
    kept = replaced / CHECKPOINTS_FOLDER
    if kept.is_dir() and not (place / CHECKPOINTS_FOLDER).exists():
        kept.rename(place / CHECKPOINTS_FOLDER)
    shutil.rmtree(replaced)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
