"""However a repository was made or is checked out: a task lands in it and its user notices nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from activities.run_preflight import check_repository
from planner.machine.repository_folders import open_repository
from schemas.errors import RepositoryUnusable
from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.small_project import git, make_repository, plan_for, runbook, task
from tests.unit.landing.run_of_phases import load_run

BRANCH = "feature/change-the-app"
FILES = {"README.md": "# App\n", "docs/a.md": "a\n", "src/x/y.py": "y = 1\n"}
WHOLE = "```sh verify\ntest -f docs/a.md && test -f src/x/y.py && test -f README.md\n```\n"
SCRIPT = "echo more >> src/x/y.py; echo new > src/new.py; git status --porcelain; git log --oneline"


def land_in(repository: Path, tmp_path: Path) -> None:
    """Let a task change and add a file, and see that just that is on the branch and nothing else anywhere."""
    base = git(repository, "rev-parse", "HEAD")
    check = 'grep -q more src/x/y.py && test "$(git log -1 --format=%s)" != Begin'
    text = runbook(task("Change y", SCRIPT, check, id="A"), verify=WHOLE)
    project = plan_for(repository, tmp_path / "plan", text)
    before = fingerprint(repository)
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    run.finish()
    assert fingerprint(repository) == before
    difference = git(repository, "diff", "--raw", "--no-renames", "--abbrev=4", base, BRANCH).splitlines()
    assert [line.split(" ", 4)[4][-12:] for line in difference] == ["A\tsrc/new.py", "M\tsrc/x/y.py"]
    assert git(repository, "show", f"{BRANCH}:src/x/y.py") == "y = 1\nmore"
    assert git(repository, "fsck", "--connectivity-only") == ""


def begin(place: Path) -> Path:
    return make_repository(place, FILES)


def sparse(place: Path) -> Path:
    repository = begin(place)
    git(repository, "sparse-checkout", "set", "docs")
    return repository


def sparse_index(place: Path) -> Path:
    repository = begin(place)
    git(repository, "sparse-checkout", "set", "--sparse-index", "docs")
    return repository


def sparse_by_patterns(place: Path) -> Path:
    repository = begin(place)
    git(repository, "config", "core.sparseCheckout", "true")
    (repository / ".git/info/sparse-checkout").write_text("/docs/\n")
    git(repository, "read-tree", "-mu", "HEAD")
    return repository


def skipping_files(place: Path) -> Path:
    repository = begin(place)
    git(repository, "update-index", "--skip-worktree", "src/x/y.py")
    git(repository, "update-index", "--assume-unchanged", "README.md")
    for name in ("src/x/y.py", "README.md"):
        (repository / name).write_text("of this machine alone\n")
    return repository


def shallow(place: Path) -> Path:
    origin = begin(place.with_name("origin"))
    git(origin, "commit", "-q", "--allow-empty", "-m", "Second")
    git(origin, "clone", "-q", "--depth=1", f"file://{origin}", str(place))
    return place


def partial(place: Path) -> Path:
    origin = begin(place.with_name("origin"))
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(origin, "clone", "-q", "--filter=blob:none", "--sparse", f"file://{origin}", str(place))
    return place


def borrowing(place: Path) -> Path:
    origin = begin(place.with_name("origin"))
    git(origin, "clone", "-q", "--shared", str(origin), str(place))
    return place


def with_own_worktrees(place: Path) -> Path:
    repository = begin(place)
    git(repository, "config", "extensions.worktreeConfig", "true")
    git(repository, "config", "--worktree", "user.name", "In this worktree")
    mine = place.with_name("mine")
    git(repository, "worktree", "add", "-q", "-b", "mine", str(mine))
    (mine / "README.md").write_text("# Changed, not committed\n")
    (mine / "untracked.txt").write_text("x\n")
    git(repository, "worktree", "add", "-q", "--lock", "--detach", str(place.with_name("detached")))
    return repository


def with_its_folder_elsewhere(place: Path) -> Path:
    repository = begin(place)
    git(repository, "init", "-q", "--separate-git-dir", str(place.with_name("elsewhere.git")))
    return repository


def with_core_worktree(place: Path) -> Path:
    repository = begin(place)
    git(repository, "config", "core.worktree", str(repository))
    return repository


def within_a_submodule(place: Path) -> Path:
    library, outer = begin(place.with_name("library")), begin(place)
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", str(library), "lib")
    git(outer, "commit", "-qm", "Add the library")
    return outer / "lib"


def packed(place: Path) -> Path:
    repository = begin(place)
    git(repository, "tag", "-a", "-m", "first", "v1")
    git(repository, "gc", "-q")
    return repository


def in_the_middle_of_everything(place: Path) -> Path:
    """A stash, staged and unstaged changes, an ignored file, an empty folder, hooks and aliases."""
    repository = begin(place)
    (repository / "README.md").write_text("# Stashed\n")
    git(repository, "stash", "-q")
    (repository / "README.md").write_text("# Staged\n")
    git(repository, "add", "README.md")
    (repository / "README.md").write_text("# Edited after staging\n")
    (repository / ".git/info/exclude").write_text("*.log\n")
    (repository / "debug.log").write_text("ignored\n")
    (repository / "empty").mkdir()
    (repository / "link").symlink_to("nowhere")
    hook = repository / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    git(repository, "config", "alias.status", "!false")
    return repository


REPOSITORIES: list[Callable[[Path], Path]] = [
    sparse,
    sparse_index,
    sparse_by_patterns,
    skipping_files,
    shallow,
    partial,
    borrowing,
    with_own_worktrees,
    with_its_folder_elsewhere,
    with_core_worktree,
    within_a_submodule,
    packed,
    in_the_middle_of_everything,
]


@pytest.mark.parametrize("make", REPOSITORIES, ids=lambda make: make.__name__.replace("_", " "))
def test_a_task_sees_the_whole_tree_and_lands(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    land_in(make(tmp_path / "code/project"), tmp_path)


@pytest.mark.parametrize(
    "name", ["with: colon", "größe und ärger", "-dash", "quo\"te's", "tab\there", "$(x)"]
)
def test_the_folder_may_have_any_name_that_fits_into_a_line(tmp_path: Path, name: str) -> None:
    land_in(begin(tmp_path / name / f"{name} project"), tmp_path)


def test_a_colon_in_the_path_does_not_hide_the_programs_of_the_environment(tmp_path: Path) -> None:
    repository = begin(tmp_path / "with: colon/project")
    install = (
        "mkdir -p $TASKS_ENV/bin; printf '#!/bin/sh\\necho 42\\n' > $TASKS_ENV/bin/answer\n"
        "chmod +x $TASKS_ENV/bin/answer"
    )
    setup = f"```sh setup\n{install}\n```\n\n"
    text = runbook(task("Ask", "answer > a.txt", "grep 42 a.txt", id="A"), verify=f"{setup}{WHOLE}")
    load_run(plan_for(repository, tmp_path / "plan", text), tmp_path / "state").complete("A")


def test_a_line_break_in_the_path_is_refused(tmp_path: Path) -> None:
    repository = begin(tmp_path / "new\nline")
    with pytest.raises(RepositoryUnusable, match="line break") as caught:
        open_repository(repository)
    assert "Rename" in caught.value.hint


def refusal(repository: Path) -> RepositoryUnusable:
    with pytest.raises(RepositoryUnusable) as caught:
        check_repository(repository, "HEAD", BRANCH, "run-1")
    assert caught.value.hint
    return caught.value


def test_a_repository_without_a_commit_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    repository = tmp_path / "project"
    repository.mkdir()
    git(repository, "init", "-q")
    (repository / "README.md").write_text("# App\n")
    files = sorted(str(path) for path in repository.rglob("*"))
    assert "no commit yet" in refusal(repository).message
    assert "git commit" in refusal(repository).hint
    assert sorted(str(path) for path in repository.rglob("*")) == files


def test_object_names_by_sha256_are_refused_by_name(tmp_path: Path) -> None:
    repository = tmp_path / "project"
    repository.mkdir()
    git(repository, "init", "-q", "--object-format=sha256")
    git(repository, "commit", "-q", "--allow-empty", "-m", "Begin")
    assert "sha256" in refusal(repository).message


def test_a_repository_that_is_newer_than_git_is_refused_in_gits_words(tmp_path: Path) -> None:
    repository = begin(tmp_path / "project")
    git(repository, "config", "core.repositoryformatversion", "1")
    git(repository, "config", "extensions.fromTheFuture", "true")
    assert "fromthefuture" in refusal(repository).message
    assert "newer git" in refusal(repository).hint


def test_from_a_worktree_of_the_users_own_the_run_begins_at_its_commit(tmp_path: Path) -> None:
    repository = with_own_worktrees(tmp_path / "code/project")
    mine = tmp_path / "code/mine"
    git(mine, "commit", "-qam", "On my branch")
    project = plan_for(
        mine, tmp_path / "plan", runbook(task("Write a", "echo a > a.txt", id="A"), verify=WHOLE)
    )
    before = fingerprint(repository)
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    run.finish()
    assert fingerprint(repository) == before
    assert git(repository, "merge-base", BRANCH, "mine") == git(mine, "rev-parse", "HEAD")


def test_a_worktree_of_a_repository_whose_folder_is_elsewhere_is_worked_from(tmp_path: Path) -> None:
    repository = with_its_folder_elsewhere(tmp_path / "code/project")
    mine = tmp_path / "code/mine"
    git(repository, "worktree", "add", "-q", "-b", "mine", str(mine))
    project = plan_for(
        mine, tmp_path / "plan", runbook(task("Write a", "echo a > a.txt", id="A"), verify=WHOLE)
    )
    run = load_run(project, tmp_path / "state")
    run.complete("A")
    run.finish()
    assert git(repository, "show", f"{BRANCH}:a.txt") == "a"
