"""Review rules on how far a change goes: that there is one, that it stays in scope, that it can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from activities.file_scope import in_scope, is_named, scope_text
from activities.reviewers.reviewed_change import FileChange, Finding, ReviewedChange, ReviewLimits

MOST_NAMES = 10
# What tools leave behind, though no .gitignore of the repository names it.
_DROPPINGS = re.compile(
    r"(?:^|/)(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.hypothesis|\.tox|\.nox|\.cache|htmlcov|"
    r"node_modules|\.nyc_output|[^/]+\.egg-info)(?:/|$)"
    r"|(?:^|/)(?:\.coverage(?:\..*)?|\.DS_Store|Thumbs\.db|nohup\.out)$|\.(?:py[co]|swp|orig|rej)$|~$"
)
_MEANT_TO_BE_EMPTY = frozenset({"__init__.py", "py.typed", ".gitkeep", ".keep", ".nojekyll"})
_GENERATED = frozenset(
    {
        *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "uv.lock"),
        *("poetry.lock", "pdm.lock", "Pipfile.lock", "Cargo.lock", "go.sum", "Gemfile.lock", "composer.lock"),
    }
)


def find_emptiness(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say that a change is missing that the task asks for, or there though it asks for none."""
    if change.executor == "noop" or change.already_done:
        return  # the run was told to do nothing, or there was nothing left to do
    wanted = change.task.changes or "required"
    if wanted == "none" and change.files:
        yield Finding(f"the task asks for no change, but {_names(_paths(change))} changed")
    if wanted != "required":
        return
    if not change.files:
        left = f"; only {_names(list(change.left_out))} was left out" if change.left_out else ""
        yield Finding(f"nothing was changed, so nothing was done{left}")
        return
    empty = [file for file in change.files if _is_empty_new_file(file, change)]
    if len(empty) == len(change.files):
        yield Finding(f"nothing but empty files was added: {_names([file.path for file in empty])}")


def find_scope(change: ReviewedChange, _limits: ReviewLimits) -> Iterator[Finding]:
    """Say what was changed outside of the task's scope, committed or not; what tools drop is only noted."""
    committed = [path for path in _paths(change) if not in_scope(path, change.includes, change.excludes)]
    droppings = [path for path in change.left_out if _DROPPINGS.search(path)]
    left = set(change.left_out) - set(droppings)
    nested = sorted(path for path in left if in_scope(path, change.includes, change.excludes))
    outside = sorted({*committed, *left} - {*nested})
    if nested:
        yield Finding(
            f"a git repository of its own, which no commit can hold: {_names(nested)}; "
            "remove its .git folder to keep the files, or remove it"
        )
    if outside:
        yield Finding(
            f"changed outside of the task's scope ({scope_text(change.includes)}): "
            f"{_names(outside)}; undo it, or let the plan widen the scope"
        )
    if droppings:
        yield Finding(f"left out, as tools leave it behind: {_names(droppings)}", rejects=False)


def find_size(change: ReviewedChange, limits: ReviewLimits) -> Iterator[Finding]:
    """Say that a change is larger than anybody reads; lock files, which tools write, do not count."""
    written = [file for file in change.files if PurePosixPath(file.path).name not in _GENERATED]
    lines = {file.path: _changed_lines(file) for file in written if not file.is_binary}
    total = sum(lines.values())
    if total > limits.changed_lines:
        largest = sorted(lines, key=lambda path: -lines[path])[:3]
        shown = ", ".join(f"{path} ({lines[path]})" for path in largest)
        yield Finding(
            f"{total} lines changed, more than the limit of {limits.changed_lines}; most in {shown}: "
            "split the task, leave generated files out of the repository, or raise the limit"
        )
    for file in written:
        size = len(file.after or b"")
        if file.is_binary and file.after != file.before and size > limits.binary_bytes:
            yield Finding(
                f"{file.path} is binary and has {size} bytes, more than the limit of {limits.binary_bytes}: "
                "keep it outside of the repository, or raise the limit"
            )


def _paths(change: ReviewedChange) -> list[str]:
    return [file.path for file in change.files]


def _names(paths: list[str]) -> str:
    more = f" and {len(paths) - MOST_NAMES} more" if len(paths) > MOST_NAMES else ""
    return ", ".join(paths[:MOST_NAMES]) + more


def _is_empty_new_file(file: FileChange, change: ReviewedChange) -> bool:
    meant = PurePosixPath(file.path).name in _MEANT_TO_BE_EMPTY or is_named(file.path, change.includes)
    return file.status == "A" and not (file.after or b"").strip() and not meant


def _changed_lines(file: FileChange) -> int:
    """Return lines added and removed; a moved line does not count: this is about reading, not about order."""
    before, after = Counter(file.old_lines), Counter(file.new_lines)
    return (before - after).total() + (after - before).total()
