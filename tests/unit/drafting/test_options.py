"""The keys of `yaml task`, `yaml plan` and the front matter: what is wrong is named with its line."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidArguments
from tests.unit.drafting.drafted import drafted, only_task, rules

RUN = "```sh run\ntrue\n```\n"


def task_with(options: str) -> str:
    """Return a runbook whose task has these options, from line 4 on."""
    return f"# T\n## Do\n```yaml task\n{options}\n```\n{RUN}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("afterwards: [1]", "spec.md:4: there is no key `afterwards`"),
        ("id: a\nexecutor: x", "spec.md:5: `executor`"),
        ("id: a\nexecutor: manual", "spec.md:5: `executor: manual`, and the task has a fence that does it"),
        ("reviewer: nobody", "spec.md:4: `reviewer`"),
        ("id: ../up", "spec.md:4: `id`: '../up' cannot be used as an id"),
        ("id: a\nid: b", "spec.md:5: the key `id` is there twice"),
        ("estimate: [3, 2, 1]", "`estimate`: write optimistic, likely and pessimistic"),
        ("estimate: [1, 2]", "spec.md:4: `estimate"),
        ("estimate: [1, 2, .inf]", "spec.md:4: `estimate.2`"),
        ("priority: soon", "spec.md:4: `priority`"),
        ("changes: maybe", "spec.md:4: `changes`"),
        ("max_retries: -1", "spec.md:4: `max_retries`"),
        ("timeout_minutes: 0", "spec.md:4: `timeout_minutes`"),
        ("scope: [a, ../b]", "spec.md:4: `scope.1`: '../b' is no path"),
        ("scope:\n  - a\n  - /etc", "spec.md:6: `scope.1`: '/etc' is no path"),
        ("scope: []", "spec.md:4: `scope`"),
        ("env_pass: ['A B']", "spec.md:4: `env_pass.0`"),
        ("shared: {gpu: 0}", "spec.md:4: `shared.gpu`"),
        ("shared: {gpu: 1}", "spec.md:4: nothing says how much there is of 'gpu'"),
        ("exclusive: [db]\nshared: {db: 1}", "`exclusive` and `shared` both name db"),
        ("after:", "spec.md:4: `after` has no value"),
        ("after: [nowhere]", "spec.md:4: `after` names 'nowhere', and no task is called so"),
        ("after: [1]", "spec.md:4: `after` names '1', and no task is called so"),
        ("after:\n  - Do", "spec.md:5: the task P1.T001 comes after itself"),
        ("- a\n- b", "spec.md:4: a mapping of keys"),
        ("a: [", "this is not YAML"),
        ("a: &x 1\nb: *x", "spec.md:5: aliases are not supported"),
        ("? [a]\n: b", "spec.md:4: a key must be a word"),
        ("id: !!python/object:os.system x", "spec.md:4: this is not YAML"),
        ("done: [{a: b}]", "spec.md:4: `done.0`"),
        ("done: 2024-13-99\nid: [", "this is not YAML"),
        ("done: " + "[" * 5000, "this is not YAML"),
    ],
)
def test_a_wrong_option_is_named_with_document_and_line(options: str, message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(task_with(options))
    assert message in caught.value.message
    assert caught.value.message.startswith("spec.md:")


def test_all_wrong_options_of_a_task_are_named_at_once() -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(task_with("colour: red\nmax_retries: many"))
    assert [line[:10] for line in caught.value.message.splitlines()] == ["spec.md:4:", "spec.md:5:"]


def test_a_name_that_looks_like_a_number_stays_a_name() -> None:
    assert only_task(task_with("id: 007")).id == "007"


def test_a_single_value_stands_for_a_list_of_one() -> None:
    task = only_task(task_with("exclusive: db\ndone: it works"))
    assert task.resource_requirements.estimated.exclusive_resources == ("db",)
    assert task.boundaries is not None
    assert task.boundaries.definition_of_done.criteria == ("it works",)


def test_the_line_is_right_for_a_fence_in_a_list() -> None:
    with pytest.raises(InvalidArguments, match=r"spec\.md:6: there is no key `x`"):
        drafted("# T\n\n- Do\n\n  ```yaml task\n  x: 1\n  ```\n")


def test_an_id_that_is_used_twice_is_refused_whatever_its_case() -> None:
    first = task_with("id: same")
    with pytest.raises(InvalidArguments, match=r"spec\.md:11: the id 'SAME' is already used at spec\.md:4"):
        drafted(first + first.replace("same", "SAME").replace("# T\n", ""))


def test_a_default_id_makes_way_for_an_authors_id() -> None:
    draft = drafted(task_with("id: P1.T002") + f"## Two\n{RUN}")
    assert [task.id for task in draft.tasks] == ["P1.T002", "P1.T002a"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("colour: red", "spec.md:3: there is no key `colour`"),
        ("resources: {db: {capacity: 0}}", "spec.md:3: `resources.db.capacity`"),
        ("resources: {db: {size: 1}}", "spec.md:3: there is no key `resources.db.size`"),
        ("max_concurrent: 0", "spec.md:3: `max_concurrent`"),
        ("branch: a..b", "spec.md:3: `branch`: 'a..b' cannot be the name of a branch"),
        ("branch: -x", "spec.md:3: `branch`"),
        ("setup: {a: b}", "spec.md:3: `setup`"),
    ],
)
def test_a_wrong_plan_option_is_named_with_its_line(plan: str, message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        drafted(f"# T\n```yaml plan\n{plan}\n```\n## Do\n{RUN}")
    assert message in caught.value.message


def test_a_plan_option_is_given_in_one_place() -> None:
    with pytest.raises(InvalidArguments, match=r"spec\.md:6: `title` was already given at line 2"):
        drafted(f"---\ntitle: a\n---\n# T\n```yaml plan\ntitle: b\n```\n## Do\n{RUN}")


def test_front_matter_of_a_runbook_is_read_strictly() -> None:
    with pytest.raises(InvalidArguments, match=r"spec\.md:2: there is no key `author`"):
        drafted(f"---\nauthor: Ann\n---\n# T\n## Do\n{RUN}")


@pytest.mark.parametrize("key", ["verfy: make", "max_concurrent: 2\nauthor: x"])
def test_front_matter_that_is_meant_for_us_is_read_strictly_in_every_document(key: str) -> None:
    with pytest.raises(InvalidArguments, match="there is no key"):
        drafted(f"---\n{key}\n---\n# T\n\n- [ ] do it\n")


def test_front_matter_of_an_ordinary_document_may_hold_other_keys() -> None:
    draft = drafted("---\ntitle: Cart\nauthor: Ann\ndate: 2024-13-99\n---\n# T\n\n- [ ] do it\n")
    assert draft.title == "Cart"
    assert rules(draft)[0] == "front-matter"


def test_front_matter_that_is_no_yaml_is_told_with_its_line_and_left_out() -> None:
    draft = drafted("---\nname: cart\nargs: [a] [b]\n---\n# T\n\n- [ ] do it\n")
    finding = next(item for item in draft.findings if item.rule == "front-matter")
    assert (finding.file, finding.line) == ("spec.md", 3)
    assert finding.message.startswith("this is not YAML")


def test_setup_and_verify_of_all_documents_come_together_and_contradictions_are_refused() -> None:
    one = "---\nverify: [a, b]\nbranch: x\n---\n- [ ] one\n"
    draft = drafted(one, "---\nverify: c\nbranch: x\n---\n- [ ] two\n")
    assert [command.script for command in draft.verify] == ["a", "b", "c"]
    with pytest.raises(InvalidArguments, match=r"spec2\.md: `branch` is y here and x in spec\.md"):
        drafted(one, "---\nbranch: y\n---\n- [ ] two\n")
    with pytest.raises(InvalidArguments, match="capacity 2 here and 1 in another"):
        drafted(
            "---\nresources: {db: {}}\n---\n- [ ] one\n",
            "---\nresources: {db: {capacity: 2}}\n---\n- [ ] two\n",
        )


def test_a_task_may_be_given_to_a_person_and_to_a_persons_review() -> None:
    task = only_task("# T\n## Do\n```yaml task\nexecutor: manual\nreviewer: human\n```\n")
    assert task.execution is not None
    assert (task.execution.executor, task.reviewer) == ("manual", "human")
