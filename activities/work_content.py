"""What of a task decides whether work that has landed still counts after its plan was edited."""

from __future__ import annotations

from schemas.canonical_json import content_hash
from schemas.tasks import Task

# What is done, within which files, and what proves it. Not where the document says so, how long it takes, how
# it is scheduled, or what the survey found around it: these change while the work stays what it is.
_DECIDING = frozenset(
    {"title", "description", "acceptance_checks", "execution", "file_scope", "expect_red_before", "changes"}
)


def work_content(task: Task) -> str:
    """Return the hash (64 hex digits) of the work that a task asks for: the trailer `Tasks-Content`.

    It is the same for two plans whose tasks ask for the same work, wherever that stands in the document; the
    `contentHash` of the task would change with every line that is added above it.
    """
    # Without defaults: a field that a later version of this program adds changes nothing.
    deciding = task.model_dump(mode="json", include=set(_DECIDING), exclude_defaults=True)
    for check in deciding.get("acceptance_checks", ()):
        check.pop("origin", None)
    if task.boundaries is not None:
        deciding["scope"] = task.boundaries.scope.model_dump(mode="json", exclude_defaults=True)
        deciding["criteria"] = list(task.boundaries.definition_of_done.criteria)
    return content_hash(deciding)
