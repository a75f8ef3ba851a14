"""The evidence folder of a task as text: every file of every attempt, logs cut to their last lines."""

from __future__ import annotations

from pathlib import Path

from tasks_cli.printing import coloured


def evidence_text(folder: Path, attempt: int | None, lines: int) -> str:
    """Return the attempts in order; each file with its path, so that the whole can be opened."""
    parts: list[str] = []
    numbers = sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdigit())
    for number in numbers:
        if attempt is not None and number != attempt:
            continue
        parts.append(coloured(f"== attempt {number} ==", "bold"))
        for file in sorted((folder / str(number)).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                parts += [f"-- {file}", _last_lines(file, lines)]
    return "\n".join(parts)


def _last_lines(file: Path, lines: int) -> str:
    text = file.read_text(encoding="utf-8", errors="replace").splitlines()
    left_out = len(text) - lines
    head = [f"   ... {left_out} lines before"] if left_out > 0 else []
    return "\n".join([*head, *(f"   {line}" for line in text[-lines:])])
