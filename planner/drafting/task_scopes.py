"""Which files a task may touch: what its author says, else the paths it names, else the whole tree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from planner.codebase.languages import language_of
from planner.codebase.survey import Survey
from planner.drafting.task_seed import Range, TaskSeed
from planner.intake.secret_redaction import redact
from schemas.task_execution import FileScope
from schemas.tasks import Origin

WHOLE_TREE = "**"
CODE_SPAN = re.compile(r"(?<!`)`(?P<path>[^`\s]{1,200})`(?!`)")
WORD = re.compile(r"(?P<path>[^\s`'\"(),;\[\]<>|*]{2,200})")
NEW_FOLDER = re.compile(r"[\w.@-]+(?:/[\w.@-]+)+/")
PATH = re.compile(r"(?:\./)?[A-Za-z0-9_.@][\w.@+-]*(?:/[\w.@+*-]+)*/?")
WILDCARDS = re.compile(r"[*?\[]")
TEXT_ENDINGS = (
    ".md",
    ".rst",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".cfg",
    ".csv",
    ".xml",
    ".lock",
)
PATCHED = re.compile(
    r"^(?:--- (?:a/)?(?P<old>[^\t\r\n]+)[^\r\n]*\n\+\+\+ (?:b/)?(?P<new>[^\t\r\n]+)|"
    r"rename from (?P<renamed_from>[^\r\n]+)\nrename to (?P<renamed_to>[^\r\n]+))",
    re.MULTILINE,
)
NO_FILE = "/dev/null"


@dataclass(frozen=True, slots=True)
class TaskScope:
    """The globs a task may touch, and the files it is going to; `places` says where each file is named.

    `allows_tests`: the files were read off the text, which seldom names the tests of a change.
    """

    includes: tuple[str, ...]
    files: FileScope | None
    origin: Origin
    places: dict[str, Range] = field(default_factory=dict)
    allows_tests: bool = False

    def exact_files(self) -> tuple[str, ...]:
        """Return the files without wildcards that the task changes or makes."""
        named = (*self.files.modify, *self.files.create) if self.files else ()
        return tuple(path for path in named if not WILDCARDS.search(path))


def scope_of(seed: TaskSeed, survey: Survey) -> TaskScope:
    """Return the scope of a task: `scope`, else the files of its patch, else the paths its text names.

    A task that runs its author's script without a `scope` may touch the whole tree: what a script touches
    cannot be read off the prose around it.
    """
    if seed.options.scope is not None:
        place = seed.document.line_span(seed.given.lines["scope"])
        return _scope(seed.options.scope, survey, dict.fromkeys(seed.options.scope, place))
    patches = seed.scripts("apply")
    if patches:
        paths = tuple(path for fence in patches for path in patched_files(fence.text))
        place = seed.document.line_span(patches[0].line)
        return _scope(paths, survey, dict.fromkeys(paths, place)) if paths else _whole_tree()
    if seed.scripts("run"):
        return _whole_tree()
    named = _named_paths(seed, survey)
    return replace(_scope(tuple(named), survey, named), allows_tests=True) if named else _whole_tree()


def patched_files(patch: str) -> tuple[str, ...]:
    """Return the files that a unified diff touches, each once, in its order."""
    names = (match[group] for match in PATCHED.finditer(patch) for group in match.groupdict())
    return tuple(dict.fromkeys(name.strip() for name in names if name and name.strip() != NO_FILE))


def _whole_tree() -> TaskScope:
    return TaskScope(includes=(WHOLE_TREE,), files=None, origin="default")


def _scope(paths: Iterable[str], survey: Survey, places: dict[str, Range]) -> TaskScope:
    modify: list[str] = []
    create: list[str] = []
    found: dict[str, Range] = {}
    for path in paths:
        glob = _as_glob(path, survey)
        is_new = not WILDCARDS.search(glob) and glob not in survey.files
        (create if is_new else modify).append(glob)
        found[glob] = places[path]
    return TaskScope(
        includes=tuple(dict.fromkeys((*modify, *create))),
        files=FileScope(read=(), modify=tuple(dict.fromkeys(modify)), create=tuple(dict.fromkeys(create))),
        origin="document",
        places=found,
    )


def _as_glob(path: str, survey: Survey) -> str:
    """Return a path as a glob: a folder means all that is in it."""
    bare = path.rstrip("/")
    is_folder = path.endswith("/") or bare in survey.folders
    return f"{bare}/**" if is_folder and not WILDCARDS.search(bare) else path


def _named_paths(seed: TaskSeed, survey: Survey) -> dict[str, Range]:
    """Return the paths in code spans that exist, or that by their ending are files still to be made."""
    found: dict[str, Range] = {}
    is_listed = seed.listed is not None
    for block in seed.texts():
        for match in (WORD if is_listed else CODE_SPAN).finditer(block.text):
            written = match["path"].rstrip(".:!?") if is_listed else match["path"]
            path = _below_root(written, survey) if is_listed else written.removeprefix("./")
            if ".." in path.split("/") or not (PATH.fullmatch(path) and _is_path(path, survey, is_listed)):
                continue
            if not redact(path)[1]:  # a path with a secret in it names no file that could be written down
                start = match.start("path")
                found.setdefault(path, block.place(start, start + len(written)))
    return found


def _below_root(path: str, survey: Survey) -> str:
    """Return a path as seen from the codebase's root; an absolute one by the part of it that exists there."""
    if not path.startswith("/"):
        return path.removeprefix("./")
    if path.startswith(f"{survey.root.rstrip('/')}/"):
        return path.removeprefix(f"{survey.root.rstrip('/')}/")
    parts = path.strip("/").split("/")
    ends = ("/".join(parts[number:]) for number in range(len(parts)))
    return next((end for end in ends if end in survey.files or end in survey.folders), path)


def _is_path(path: str, survey: Survey, is_listed: bool) -> bool:  # noqa: FBT001 - one place calls it
    bare = path.rstrip("/")
    if bare in survey.files or bare in survey.folders or (is_listed and NEW_FOLDER.fullmatch(path)):
        return True
    is_file = language_of(bare) is not None or bare.endswith(TEXT_ENDINGS)
    return is_file and not bare.startswith((".", "*"))
