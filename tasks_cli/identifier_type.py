"""The types of arguments that are ids: what cannot be one is refused before anything starts."""

from __future__ import annotations


def run_identifier(value: str) -> str:
    """Return the id of a run unchanged.

    Raises:
        InvalidArguments: it could not be a part of a ref and of a path.
    """
    return _identifier(value, "run", "`tasks runs` lists the runs")


def task_identifier(value: str) -> str:
    """Return the id of a task unchanged.

    Raises:
        InvalidArguments: it could not be a part of a ref and of a path.
    """
    return _identifier(value, "task", "`tasks status RUN` lists the tasks")


def _identifier(value: str, kind: str, advice: str) -> str:
    from schemas.errors import InvalidArguments
    from schemas.identifiers import check_identifier

    try:
        return check_identifier(value)
    except ValueError as error:
        raise InvalidArguments(
            f"no {kind} can be called {value!r}",
            hint=f"an id has 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first; {advice}",
        ) from error
