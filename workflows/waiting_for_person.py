"""A task that waits for a person: the plan shows why, the user's command tells him, an update ends it."""

from temporalio import workflow

from schemas.execution import ChangeReply, PersonReply, TaskWaits, WaitingFor
from workflows.plan_steering import Refused
from workflows.task_work import TaskWork

PLAN_HEARS = "task_waits"
ASKED_FOR = {"work": "your work", "review": "your review"}


async def wait_for_person(work: TaskWork, waiting_for: WaitingFor, message: str) -> PersonReply:
    """Return what the person said; the task holds its worktree and its resources meanwhile, but no slot."""
    work.waiting_for, work.reason, work.reply = waiting_for, message, None
    work.show()
    await tell_plan(TaskWaits(task_id=work.request.task_id, reason=message))
    await workflow.wait_condition(lambda: work.reply is not None)
    reply = work.reply or PersonReply()
    work.waiting_for, work.reason, work.reply = None, None, None
    await tell_plan(TaskWaits(task_id=work.request.task_id))
    return reply


def check_waits(work: TaskWork, waiting_for: WaitingFor) -> None:
    """Return if the task waits for this.

    Raises:
        Refused: when it waits for something else, or for nobody.
    """
    if work.waiting_for == waiting_for and work.reply is None:
        return
    task = work.request.task_id
    if work.waiting_for is not None and work.reply is None:
        raise Refused(f"{task} waits for {ASKED_FOR[work.waiting_for]}, not for {ASKED_FOR[waiting_for]}")
    if work.cycle.ended:
        raise Refused(f"{task} has ended: it waits for nobody")
    raise Refused(
        f"{task} is in {work.cycle.phase}, attempt {work.cycle.attempt}: "
        f"it does not wait for {ASKED_FOR[waiting_for]}"
    )


def answer(work: TaskWork, reply: PersonReply, message: str) -> ChangeReply:
    """Let the task go on with what the person said."""
    work.reply = reply
    return ChangeReply(changed=True, message=message)


async def tell_plan(news: TaskWaits) -> None:
    """Tell the plan's workflow why this task waits, or that it goes on."""
    parent = workflow.info().parent
    if parent is not None:
        await workflow.get_external_workflow_handle(parent.workflow_id).signal(PLAN_HEARS, news)


async def go_on_after_hold(work: TaskWork) -> None:
    """Take back what the plan was told, when the run was continued after this task had paused it."""
    if work.hold_reason is not None:
        work.hold_reason = None
        await tell_plan(TaskWaits(task_id=work.request.task_id))
