"""What a task has when its document does not say it, and where each field comes from."""

from __future__ import annotations

import pytest

from planner.draft import UNSEALED_HASH
from planner.drafting.task_record import DEFAULT_CRITERION, DEFAULT_STOP, LOGGING
from planner.drafting.task_sizes import NOT_STATED
from schemas.acceptance_checks import CommandCheck
from schemas.tasks import PlanCommand, Task
from tests.unit.drafting.drafted import drafted, only_task

FILES = ("src/shop/cart.py", "README.md")


def complexity(text: str) -> str:
    """Return the expected complexity of a task with this text."""
    boundaries = only_task(f"- [ ] {text}").boundaries
    assert boundaries is not None
    return boundaries.expected_complexity.value


def hours(text: str) -> tuple[float, float, float]:
    """Return the estimate of a task with this text."""
    duration = only_task(f"- [ ] {text}").duration
    assert duration is not None
    return duration.optimistic, duration.mostLikely, duration.pessimistic


def includes(text: str) -> tuple[str, ...]:
    """Return the scope of a task with this text."""
    boundaries = only_task(f"- [ ] {text}", files=FILES).boundaries
    assert boundaries is not None
    return boundaries.scope.includes


def test_what_is_not_said_has_a_named_default() -> None:
    task = only_task("- [ ] Build it")
    assert task.boundaries is not None
    assert task.execution_guidance is not None
    assert task.boundaries.expected_complexity.value == NOT_STATED
    assert task.boundaries.definition_of_done.criteria == (DEFAULT_CRITERION,)
    assert task.boundaries.definition_of_done.stop_when == DEFAULT_STOP
    assert task.boundaries.scope.includes == ("**",)
    assert task.execution_guidance.logging == LOGGING
    assert task.contentHash == UNSEALED_HASH
    assert task.origin == {
        "title": "document",
        "description": "document",
        "category": "default",
        "expected_complexity": "default",
        "definition_of_done": "default",
        "stop_when": "default",
        "scope": "default",
        "logging": "default",
        "duration": "default",
        "priority": "default",
        "acceptance_checks": "survey",
    }


def test_a_task_survives_being_written_and_read() -> None:
    task = only_task("- [ ] Build `src/shop/cart.py` ~35 LoC", files=FILES)
    assert Task.model_validate(task.as_json()) == task


def test_without_any_verify_command_a_task_has_no_check() -> None:
    (task,) = drafted("- [ ] Build it", verify=()).tasks
    assert task.acceptance_checks == ()
    assert "acceptance_checks" not in (task.origin or {})


def test_only_the_most_trusted_verify_command_is_taken() -> None:
    commands = tuple(PlanCommand(script=name, origin="survey") for name in ("first", "second"))
    draft = drafted("- [ ] Build it", verify=commands)
    assert [command.script for command in draft.verify] == ["first"]
    checks = [check.cmd for check in draft.tasks[0].acceptance_checks if isinstance(check, CommandCheck)]
    assert checks == ["first"]


@pytest.mark.parametrize(
    ("text", "value", "likely"),
    [
        ("Add it, ~35 LoC", "~35 LoC", 1),
        ("Add about 120 lines of code", "about 120 lines of code", 2),
        ("Add it, 1200 lines", "1200 lines", 4),
        ("Add 3 endpoints", "3 endpoints", 2),
        ("Add 2 tables", "2 tables", 1),
        ("Add it. Size: large", "large (as the document says)", 4),
        ("Add it. Complexity: **low**", "small (as the document says)", 1),
        ("Use Python 3.11 lines", NOT_STATED, 2),
    ],
)
def test_the_complexity_is_what_the_text_counts_and_decides_the_sizing(
    text: str, value: str, likely: float
) -> None:
    assert complexity(text) == value
    assert hours(text)[1] == likely


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add it. Estimate: 2h", (2, 2, 2)),
        ("Add it (estimated 30 min)", (0.5, 0.5, 0.5)),
        ("Add it. Effort: 2-4 hours", (2, 3, 4)),
        ("Add it, 4/6/10 h", (4, 6, 10)),
        ("Add it, 6/4/10 h", (1, 2, 4)),
        ("Answer within 2 hours", (1, 2, 4)),
        ("Estimate: soon", (1, 2, 4)),
    ],
)
def test_an_estimate_in_the_text_is_taken_and_anything_else_is_not(
    text: str, expected: tuple[float, float, float]
) -> None:
    assert hours(text) == expected


def test_an_estimate_that_contradicts_itself_is_left_out_and_named() -> None:
    draft = drafted("# T\n\n## Write a\n\nEstimate: 3/2/1 h\n\n```sh run\ntrue\n```\n")
    (finding,) = [item for item in draft.findings if item.rule == "unclear-estimate"]
    assert (finding.task, finding.line, finding.severity) == ("P1.T001", 3, "warning")
    assert "'3/2/1 h'" in finding.message
    assert draft.estimate_origins == {"P1.T001": "sizing_rule"}


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Change `src/shop/cart.py`", ("src/shop/cart.py",)),
        ("Change `./README.md` and `src/`", ("README.md", "src/**")),
        ("Change `src/shop`", ("src/shop/**",)),
        ("Create `src/shop/new.py`", ("src/shop/new.py",)),
        ("Change src/shop/cart.py", ("**",)),
        ("Call `cart.total()` or `and/or`", ("**",)),
        ("Read `../outside.py` and `/etc/passwd.txt`", ("**",)),
    ],
)
def test_the_scope_is_what_the_text_names_in_code_marks(text: str, scope: tuple[str, ...]) -> None:
    assert includes(text) == scope


def test_a_file_that_does_not_exist_yet_is_to_be_created() -> None:
    task = only_task("- [ ] Change `README.md`, make `docs/guide.md`", files=FILES)
    assert task.file_scope is not None
    assert (task.file_scope.modify, task.file_scope.create) == (("README.md",), ("docs/guide.md",))


def test_a_script_without_a_scope_may_touch_the_whole_tree() -> None:
    task = only_task("# T\n## Do\nSee `README.md`.\n```sh run\ntrue\n```\n", files=FILES)
    assert task.boundaries is not None
    assert task.boundaries.scope.includes == ("**",)
    assert task.file_scope is None


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Add it. Priority: high", "high"),
        ("Add it [P0]", "critical"),
        ("Low-priority work", "low"),
        ("Climb high", "medium"),
    ],
)
def test_the_priority_is_what_the_text_states(text: str, priority: str) -> None:
    assert only_task(f"- [ ] {text}").scheduling_hints.priority == priority


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Set up the project", "foundation"),
        ("Refactor the cart", "optimization"),
        ("Integrate payments", "integration"),
        ("Add a cart", "implementation"),
    ],
)
def test_the_category_follows_the_words_of_the_title(title: str, category: str) -> None:
    assert only_task(f"- [ ] {title}").category == category


def test_no_secret_of_the_document_reaches_the_draft() -> None:
    secret = "ghp_" + "a1B2" * 9
    text = (
        f"# Use {secret}\n\n## Part {secret}\n\n- [ ] Call {secret} (depends on {secret})\n"
        f"  - [ ] works with {secret}\n\n- [ ] after Call {secret} (depends on {secret})\n"
    )
    draft = drafted(text)
    written = [
        record.as_json() for record in (*draft.features, *draft.tasks, *draft.dependencies, *draft.findings)
    ]
    assert draft.tasks
    assert secret not in repr((written, draft.title))
    assert "[REDACTED]" in draft.tasks[0].title
    assert draft.tasks[0].source_evidence[0].redacted is True


def test_a_scope_that_was_read_off_the_text_leaves_room_for_tests_and_one_that_is_stated_does_not() -> None:
    read_off = only_task("# T\n- [ ] Round the sums in `src/money.py`\n").boundaries
    options = "```yaml task\nscope: [src/money.py]\n```\n"
    stated = only_task(f"# T\n## Round\n{options}```sh run\ntrue\n```\n").boundaries
    assert read_off is not None
    assert stated is not None
    assert read_off.scope.includes == stated.scope.includes == ("src/money.py",)
    assert (read_off.scope.allows_tests, stated.scope.allows_tests) == (True, None)
