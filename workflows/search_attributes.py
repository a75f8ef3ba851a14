"""The search attributes by which a person finds runs and tasks; a server without them works too."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from schemas.execution import RunContext, TaskOutline

RUN_ID = SearchAttributeKey.for_keyword("TasksRunId")
TASK_ID = SearchAttributeKey.for_keyword("TasksTaskId")
PHASE = SearchAttributeKey.for_keyword("TasksPhase")
WAVE = SearchAttributeKey.for_int("TasksWave")
NAMES = (RUN_ID.name, TASK_ID.name, PHASE.name, WAVE.name)


def task_attributes(run: RunContext, task: TaskOutline) -> TypedSearchAttributes:
    """Return the attributes of a task's workflow; those of the run are not inherited."""
    known = TypedSearchAttributes(
        [SearchAttributePair(RUN_ID, run.run_id), SearchAttributePair(TASK_ID, task.id)]
    )
    if task.wave is None:
        return known
    return TypedSearchAttributes([*known.search_attributes, SearchAttributePair(WAVE, task.wave)])
