"""A whole runbook, and each rule of the convention."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.draft import Draft
from schemas.acceptance_checks import CommandCheck
from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import drafted, edges, only_task, rules

RUNBOOK = (Path(__file__).parent / "runbook.md").read_text(encoding="utf-8")
FILES = ("words/en.txt", "greet.py")
RUN = "```sh run\ntrue\n```\n"


@pytest.fixture(name="draft", params=["\n", "\r\n"])
def fixture_draft(request: pytest.FixtureRequest) -> Draft:
    """Return the draft of the example, with both kinds of newline."""
    return drafted(RUNBOOK.replace("\n", request.param), files=FILES)


def test_the_plan_level_is_read_from_front_matter_yaml_and_fences(draft: Draft) -> None:
    assert (draft.title, draft.max_concurrent, draft.branch) == (
        "Greetings in two languages",
        3,
        "feature/greetings",
    )
    assert [command.script for command in draft.setup] == ["python3 -m venv .venv"]
    assert [(command.script, command.source) for command in draft.verify] == [
        ("python3 -m unittest", "spec.md:23")
    ]
    assert draft.resources["printer"].reason == "there is one printer"
    assert draft.resources["translators"].type == "shared_limited"


def test_the_tasks_have_their_ids_titles_executors_and_features(draft: Draft) -> None:
    assert [(task.id, task.title, task.feature_id) for task in draft.tasks] == [
        ("words", "Collect the words", "F001"),
        ("P1.T002", "Translate them", "F001"),
        ("P1.T003", "Greet by language", "F002"),
        ("P1.T004", "Tell everybody", "F002"),
    ]
    executions = [task.execution.executor for task in draft.tasks if task.execution]
    assert executions == ["command", "command", "patch", "noop"]
    assert [feature.title for feature in draft.features] == ["Words", "Program"]
    assert rules(draft) == []


def test_a_script_reaches_the_plan_line_by_line(draft: Draft) -> None:
    execution = draft.tasks[0].execution
    assert execution is not None
    assert execution.script == "sort -u words/en.txt -o words/en.txt\n"


def test_every_key_of_a_yaml_task_reaches_the_task(draft: Draft) -> None:
    task = draft.tasks[1]
    assert task.execution is not None
    assert (task.execution.env_pass, task.execution.network, task.execution.timeout_minutes) == (
        ("DICTIONARY",),
        True,
        12.5,
    )
    needs = task.resource_requirements
    assert needs.estimated.shared_resources == {"translators": 2}
    assert needs.estimated.exclusive_resources == ("printer",)
    assert needs.worker_capabilities_required == ("german",)
    assert (task.changes, task.optional, task.expect_red_before) == ("optional", True, True)
    assert (task.scheduling_hints.preemptible, task.scheduling_hints.max_retries) == (True, 1)
    assert task.duration is not None
    assert (task.duration.optimistic, task.duration.mostLikely, task.duration.pessimistic) == (4, 6, 10)
    assert task.boundaries is not None
    assert task.boundaries.definition_of_done.stop_when == "the list is complete"
    assert task.boundaries.definition_of_done.criteria == ("no word is left out",)


def test_what_the_text_says_about_size_time_and_files_is_taken_over(draft: Draft) -> None:
    task = draft.tasks[0]
    assert task.boundaries is not None
    assert task.duration is not None
    assert task.duration.mostLikely == 0.5
    assert task.boundaries.expected_complexity.value.startswith("small")
    assert task.boundaries.scope.includes == ("words/**",)
    assert task.scheduling_hints.priority == "high"
    assert draft.estimate_origins == {
        "words": "document",
        "P1.T002": "document",
        "P1.T003": "sizing_rule",
        "P1.T004": "sizing_rule",
    }


def test_a_patch_limits_its_task_to_the_files_it_touches(draft: Draft) -> None:
    task = draft.tasks[2]
    assert task.file_scope is not None
    assert (task.file_scope.modify, task.file_scope.create) == (("greet.py",), ("languages.txt",))


def test_a_task_has_its_own_checks_and_without_them_the_plans(draft: Draft) -> None:
    checks = [check for task in draft.tasks for check in task.acceptance_checks]
    assert all(isinstance(check, CommandCheck) for check in checks)
    assert [check.cmd for check in checks if isinstance(check, CommandCheck)] == [
        "sort -c words/en.txt",
        *["python3 -m unittest"] * 3,
    ]


def test_order_references_and_resources_are_dependencies_of_their_types(draft: Draft) -> None:
    assert edges(draft) == [
        ("words", "P1.T002", "sequential", 0.85, True),
        ("P1.T002", "P1.T003", "technical", 0.9, True),
        ("words", "P1.T004", "technical", 1.0, True),
        ("P1.T003", "P1.T004", "technical", 1.0, True),
        ("words", "P1.T002", "mutual_exclusion", 1.0, True),
    ]


def test_a_document_with_one_acting_heading_is_one_task_and_its_title() -> None:
    draft = drafted(f"# Fix the typo\n\n```sh verify\nmake check\n```\n\n{RUN}")
    assert [task.title for task in draft.tasks] == ["Fix the typo"]
    assert draft.title == "Fix the typo"
    assert [command.script for command in draft.verify] == ["make check"]


def test_only_headings_with_a_fence_that_acts_are_tasks() -> None:
    draft = drafted(f"# T\n## Why\n\nWe MUST.\n\n- [ ] box\n\n## Do it\n\n{RUN}\n```sh\necho example\n```\n")
    assert [task.title for task in draft.tasks] == ["Do it"]
    assert rules(draft) == ["not-planned", "uncovered"]


def test_a_list_item_with_a_fence_is_a_task() -> None:
    indented = RUN.replace("\n", "\n   ").rstrip(" ")
    draft = drafted(f"# T\n\n1. First\n\n   {indented}\n2. Second\n\n   {indented}")
    assert [task.title for task in draft.tasks] == ["First", "Second"]
    assert edges(draft) == [("P1.T001", "P1.T002", "sequential", 0.85, True)]


def test_checks_below_a_heading_of_their_own_belong_to_the_task_around_them() -> None:
    task = only_task(f"# T\n## Do it\n{RUN}\n### How we know\n```sh check\ntest -e x\n```\n")
    assert [check.cmd for check in task.acceptance_checks if isinstance(check, CommandCheck)] == ["test -e x"]


def test_several_scripts_of_one_task_run_one_after_the_other() -> None:
    task = only_task("# T\n## Do it\n```sh run\none\n```\nand then\n~~~~sh run\ntwo\n~~~~\n")
    assert task.execution is not None
    assert task.execution.script == "one\ntwo\n"


def test_verify_and_setup_hold_for_the_plan_wherever_they_stand_outside_of_tasks() -> None:
    draft = drafted(
        f"# T\n## Prepare\n```sh setup\nmake deps\n```\n## Do\n{RUN}## Verify\n```sh verify\nx\n```\n"
    )
    assert [task.title for task in draft.tasks] == ["Do"]
    assert ([item.script for item in draft.setup], [item.script for item in draft.verify]) == (
        ["make deps"],
        ["x"],
    )


def test_verify_within_a_task_is_its_check_and_that_is_said() -> None:
    draft = drafted(f"# T\n## Do\n{RUN}```sh verify\nmine\n```\n")
    assert [check.cmd for check in draft.tasks[0].acceptance_checks if isinstance(check, CommandCheck)] == [
        "mine"
    ]
    assert rules(draft) == ["verify-in-task"]


@pytest.mark.parametrize("info", ["bash run", "sh Run", "sh runs", "sh run now", "yml task", "patch apply"])
def test_a_fence_that_nearly_acts_does_not_and_is_pointed_out(info: str) -> None:
    draft = drafted(f"# T\n## Do\n{RUN}## Not\n```{info}\nx\n```\n")
    assert [task.title for task in draft.tasks] == ["Do"]
    assert rules(draft) == ["fence-does-not-act"]


def test_a_fence_in_a_block_quote_does_not_act() -> None:
    draft = drafted(f"# T\n## Do\n{RUN}## Quote\n> ```sh run\n> rm -rf x\n> ```\n")
    assert [task.title for task in draft.tasks] == ["Do"]
    assert rules(draft) == ["fence-does-not-act"]


def test_a_task_without_script_or_patch_has_no_executor_and_that_is_said() -> None:
    draft = drafted("# T\n## Think\n```yaml task\nenv_pass: [HOME]\n```\n")
    assert draft.tasks[0].execution is None
    assert rules(draft) == ["no-executor", "no-effect"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# T\n## A\n```sh run\n```\n", "spec.md:3: the fence `sh run` is empty"),
        ("# T\n## A\n```sh run\ntrue\n", "spec.md:3: the fence `sh run` is never closed"),
        ("```sh run\ntrue\n```\n", "spec.md:1: this fence stands before any heading"),
        (f"# T\n## A\n{RUN}```sh setup\nx\n```\n", "spec.md:6: `sh setup` stands in a task"),
        (f"# T\n## A\n{RUN}```diff apply\n--- a/x\n+++ b/x\n```\n", "spec.md:6: one task has both"),
        ("# T\n## A\n```yaml task\n```\n```yaml task\n```\n", "spec.md:3: the fence `yaml task` is empty"),
        (
            "# T\n## A\n```yaml task\nid: a\n```\n```yaml task\nid: b\n```\n",
            "spec.md:6: a second `yaml task`",
        ),
        (
            "# T\n```yaml plan\ntitle: a\n```\n```yaml plan\ntitle: b\n```\n",
            "spec.md:5: a second `yaml plan`",
        ),
        (f"# T\n##\n{RUN}", "spec.md:2: this task has no title"),
        ("# T\n## A\n```sh run\nexport API_TOKEN=a1b2c3d4e5f6\n```\n", "spec.md:4: a secret stands"),
        ("---\nverify: export API_TOKEN=a1b2c3d4e5f6\n---\n# T\n", "spec.md:2: a secret stands"),
    ],
)
def test_what_cannot_act_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(text)
    assert caught.value.message.startswith(message)
    assert caught.value.hint
