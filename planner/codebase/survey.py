"""Survey a codebase: what is there, what it offers, how it is verified and what cannot be used at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from planner.codebase.ci_jobs import read_ci_jobs
from planner.codebase.co_changes import read_co_changes
from planner.codebase.code_facts import FileFacts, PlacedSymbol
from planner.codebase.compose_services import read_compose_services
from planner.codebase.file_facts import MAX_IMPORTS, MAX_SYMBOLS, has_grammar
from planner.codebase.import_graph import ImportGraph, import_graph, is_import_configuration
from planner.codebase.languages import count_languages
from planner.codebase.public_interfaces import PublicInterfaces, find_public_interfaces, placed_symbols
from planner.codebase.repository_files import RepositoryFiles, list_repository_files
from planner.codebase.shared_resources import find_shared_resources
from planner.codebase.source_reading import (
    DEFAULT_OPTIONS,
    Report,
    SourceReading,
    SurveyOptions,
    read_sources,
)
from planner.codebase.validation_commands import (
    ValidationCommand,
    default_command,
    find_validation_commands,
)
from schemas.errors import CodebaseAnalysisFailed
from schemas.tasks import CodebaseAnalysis, PlanCommand

MAX_CONFIGURATIONS = 1_000
MOST_SHOWN = 5
MOST_LEFT_OUT = 50
NO_CODE = frozenset(("HTML", "CSS", "SQL", "Shell"))


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Survey:
    """What was found in a codebase. Two surveys are never equal.

    `files` are all its files and `folders` what they lie in; `languages` counts the source files of each
    language; `modules` are its top-level packages and modules; `verify` are the commands that verify it,
    the most trusted first, and `commands` the same with what is known about them. `symbols` are what its
    source files define, `imports` which of them imports which, `words` how often each word occurs in each,
    `co_changes` the files of the last commits. `reused` files were not read again, because their facts were
    kept from an earlier survey.
    """

    root: str
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    languages: tuple[tuple[str, int], ...] = ()
    source_files: int = 0
    modules: tuple[str, ...] = ()
    verify: tuple[PlanCommand, ...] = ()
    analysis: CodebaseAnalysis = field(default_factory=CodebaseAnalysis)
    warnings: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    symbols: tuple[PlacedSymbol, ...] = ()
    commands: tuple[ValidationCommand, ...] = ()
    imports: ImportGraph = field(default_factory=ImportGraph)
    words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    co_changes: tuple[tuple[str, ...], ...] = ()
    reused: int = 0

    def default_verify(self) -> tuple[PlanCommand, ...]:
        """Return the most trusted command that runs tests, else the most trusted one, if any."""
        found = default_command(self.commands)
        return (found.plan_command(),) if found is not None else self.verify[:1]


def survey(path: Path, options: SurveyOptions = DEFAULT_OPTIONS) -> Survey:
    """Return what is found in a codebase; nothing of it is run and no link out of it is followed.

    An empty folder is a codebase too. The analysis is that of seed 001's phase 1.

    Args:
        path: the codebase, or a part of it.
        options: where facts are kept, and who is told how far it is; what is found does not depend on it.

    Raises:
        CodebaseAnalysisFailed: the path is missing, is not a folder, or cannot be read.
    """
    options.report("listing files", 0, 0)
    try:
        if not path.is_dir():
            what = "is not a folder" if path.exists() else "does not exist"
            raise CodebaseAnalysisFailed(
                f"the codebase {path} {what}",
                hint="name its folder with --codebase-path or TASKS_CODEBASE_PATH",
            )
        files = list_repository_files(path)
    except OSError as error:
        raise CodebaseAnalysisFailed(
            f"the codebase {path} cannot be read: {error.strerror}", hint="see who may read that folder"
        ) from error
    return _surveyed(files, read_sources(files, options), options.report)


def _surveyed(files: RepositoryFiles, reading: SourceReading, report: Report) -> Survey:
    """Return the survey from what was read; besides, only files that configure something are opened."""
    report("reading the history", 0, 0)
    changes = read_co_changes(files.root)
    report("following imports", 0, 0)
    wanted = [path for path in files.paths if is_import_configuration(path)][:MAX_CONFIGURATIONS]
    configurations = {path: text for path in wanted if (text := files.read(path)) is not None}
    graph = import_graph(files.paths, reading.facts, configurations)
    symbols = placed_symbols(reading.facts)
    interfaces = find_public_interfaces(reading.facts, symbols, graph)
    jobs = read_ci_jobs(files)
    commands = find_validation_commands(files, jobs)
    languages = count_languages(reading.facts)
    skipped = (*files.skipped, *reading.unread)
    warnings = (*files.warnings, *interfaces.notes, *_warnings(reading))
    analysis = _analysis(reading, interfaces, graph, commands).model_copy(
        update={
            "shared_resources": find_shared_resources(
                files.paths, reading.facts, jobs, read_compose_services(files)
            ),
            "left_out": tuple(_shown((*warnings, *skipped), MOST_LEFT_OUT)) or None,
        }
    )
    return Survey(
        root=str(files.root),
        files=frozenset(files.paths),
        folders=frozenset(str(folder) for path in files.paths for folder in PurePosixPath(path).parents),
        languages=languages,
        source_files=len(reading.facts),
        modules=_modules(files.paths),
        verify=tuple(command.plan_command() for command in commands),
        analysis=analysis,
        warnings=warnings,
        skipped=skipped,
        symbols=symbols,
        commands=commands,
        imports=graph,
        words={path: found.words for path, found in reading.facts.items()},
        co_changes=changes,
        reused=reading.reused,
    )


def _analysis(
    reading: SourceReading,
    interfaces: PublicInterfaces,
    graph: ImportGraph,
    commands: tuple[ValidationCommand, ...],
) -> CodebaseAnalysis:
    return CodebaseAnalysis(
        existing_apis=interfaces.apis,
        reused_components=interfaces.components,
        extension_points=interfaces.extension_points,
        languages=dict(count_languages(reading.facts)),
        source_lines=sum(found.lines for found in reading.facts.values()),
        symbols=sum(len(found.symbols) for found in reading.facts.values()),
        import_edges=graph.size,
        validation_commands=tuple(command.plan_command() for command in commands) or None,
        places=dict(interfaces.places) if interfaces.places else None,
    )


def _warnings(reading: SourceReading) -> Iterator[str]:
    """Yield what the reader of a plan should know about the limits of the survey."""
    if not reading.facts:
        yield "the codebase has no source code yet: everything in the plan will be new"
    broken = [
        f"{path}:{found.broken_line} is no {found.language} that can be parsed; the rest of the file was read"
        for path, found in reading.facts.items()
        if found.broken_line is not None
    ]
    yield from _shown(broken, MOST_SHOWN)
    yield from _shown(reading.notes, MOST_SHOWN)
    cut = [
        f"{path}: only its first {MAX_SYMBOLS} symbols and {MAX_IMPORTS} imports are known"
        for path, found in reading.facts.items()
        if found.is_cut
    ]
    yield from _shown(cut, MOST_SHOWN)
    if reading.foreign:
        yield f"{reading.foreign} source files in folders for code of others, such as vendor, were left out"
    words_only = _words_only(reading.facts)
    if words_only:
        yield f"of {words_only} only the words were read, not the symbols and imports"


def _words_only(facts: Mapping[str, FileFacts]) -> str:
    """Return the languages whose symbols cannot be read, with the numbers of their files."""
    counts = count_languages(path for path in facts if not has_grammar(path))
    return ", ".join(f"{name} ({count} files)" for name, count in counts if name not in NO_CODE)


def _shown(messages: tuple[str, ...] | list[str], most: int) -> Iterator[str]:
    yield from messages[:most]
    if len(messages) > most:
        yield f"and {len(messages) - most} more"


def _modules(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the packages and modules at the top, or below `src`; `tests` is none."""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if parts[0] in ("src", "lib") and len(parts) > 1:
            parts = parts[1:]
        if count_languages((path,)) and parts[0] not in ("tests", "test"):
            found.add(parts[0])
    return tuple(sorted(found))
