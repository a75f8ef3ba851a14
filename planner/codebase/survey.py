"""Survey a codebase: what is there, what it offers, how it is verified and what cannot be used at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from planner.codebase.code_facts import PlacedSymbol
from planner.codebase.languages import count_languages
from planner.codebase.python_interfaces import find_python_interfaces
from planner.codebase.repository_files import RepositoryFiles, list_repository_files
from planner.codebase.shared_resources import find_shared_resources
from planner.codebase.validation_commands import find_validation_commands
from schemas.errors import CodebaseAnalysisFailed
from schemas.tasks import CodebaseAnalysis, PlanCommand


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Survey:
    """What was found in a codebase.

    `files` are all its files and `folders` what they lie in; `languages` counts the source files of each
    language; `modules` are its top-level packages and modules; `verify` are the commands that verify it,
    the most trusted first; `symbols` are what its source files define. Two surveys are never equal.
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

    def default_verify(self) -> tuple[PlanCommand, ...]:
        """Return the most trusted verify command, alone; none when none was found."""
        return self.verify[:1]


def survey(path: Path) -> Survey:
    """Return what is found in a codebase; nothing of it is run and no link out of it is followed.

    An empty folder is a codebase too. The analysis is that of seed 001's phase 1.

    Raises:
        CodebaseAnalysisFailed: the path is missing, is not a folder, or cannot be read.
    """
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
    return _surveyed(files)


def _surveyed(files: RepositoryFiles) -> Survey:
    interfaces = find_python_interfaces(files)
    languages = count_languages(files.paths)
    nothing = () if files.paths else ("the codebase is empty: everything in the plan will be new",)
    analysis = CodebaseAnalysis(
        existing_apis=interfaces.apis,
        reused_components=(),
        extension_points=interfaces.extension_points,
        shared_resources=find_shared_resources(files.paths),
    )
    return Survey(
        root=str(files.root),
        files=frozenset(files.paths),
        folders=frozenset(str(folder) for path in files.paths for folder in PurePosixPath(path).parents),
        languages=languages,
        source_files=sum(count for _, count in languages),
        modules=_modules(files.paths),
        verify=find_validation_commands(files),
        analysis=analysis,
        warnings=(*nothing, *files.warnings, *interfaces.warnings),
        skipped=files.skipped,
        symbols=interfaces.symbols,
    )


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
