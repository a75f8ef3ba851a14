"""Whatever a task does to files: the feature branch holds exactly that, or the task is told why not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.checkout_fingerprint import fingerprint
from tests.small_project import PlannedProject, git, make_repository, plan_for, runbook, task
from tests.unit.landing.run_of_phases import TaskInRun, load_run

BRANCH = "feature/change-the-app"
FILES = {
    "README.md": "# App\n",
    "run.sh": "#!/bin/sh\n",
    "docs/a.md": "a\n",
    "docs/b.md": "b\n",
}
NOTHING = "```sh verify\ntrue\n```\n"
Tree = dict[bytes, tuple[str, bytes]]


def tree_of(repository: Path, commit: str) -> Tree:
    """Return mode and content of every path of a commit; the content of a submodule is its commit."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "-z", commit], cwd=repository, check=True, capture_output=True
    ).stdout
    found: Tree = {}
    for entry in listed.split(b"\0")[:-1]:
        head, path = entry.split(b"\t", 1)
        mode, kind, identity = head.decode().split(" ")
        found[path] = (mode, _blob(repository, identity) if kind == "blob" else identity.encode())
    return found


def _blob(repository: Path, identity: str) -> bytes:
    show = ["git", "cat-file", "blob", identity]
    return subprocess.run(show, cwd=repository, check=True, capture_output=True).stdout


def base_tree() -> Tree:
    return {name.encode(): ("100644", text.encode()) for name, text in FILES.items()}


def do(
    tmp_path: Path,
    script: str,
    check: str = "true",
    prepare: Callable[[Path], object] | None = None,
    **options: object,
) -> tuple[PlannedProject, TaskInRun]:
    """Let one task run this script in a repository, and see that nothing of its user's changes."""
    repository = make_repository(tmp_path / "code/project", FILES)
    if prepare:
        prepare(repository)
    options.setdefault("max_retries", 0)
    text = runbook(task("Change files", script, check, id="A", **options), verify=NOTHING)
    project = plan_for(repository, tmp_path / "plan", text)
    before = fingerprint(repository)
    run = load_run(project, tmp_path / "state")
    work = run.task("A")
    work.run()
    run.finish()
    assert fingerprint(repository) == before
    return project, work


def landed(done: tuple[PlannedProject, TaskInRun]) -> Tree:
    """Return the tree of the feature branch, on which the task must have landed."""
    project, work = done
    assert work.cycle.outcome == "completed", work.cycle.feedback
    return tree_of(project.repository, BRANCH)


def refusal(done: tuple[PlannedProject, TaskInRun]) -> tuple[str, str]:
    """Return rule and message of what the task was sent back with; nothing of it may be on the branch."""
    project, work = done
    assert work.cycle.outcome == "failed"
    assert git(project.repository, "rev-parse", BRANCH) == git(project.repository, "rev-parse", "HEAD")
    return work.cycle.feedback[-1].rule, work.cycle.feedback[-1].message


NAMES = [
    b"caf\xe9.txt",
    "größe 🎉.txt".encode(),
    b"new\nline",
    b"tab\t\"quoted\" 'twice'",
    b"back\\slash",
    b" lead and trail ",
    b"--option",
    b":(glob)*",
    b"#x$(x)`x`;&",
]


def test_every_name_that_linux_allows_lands_byte_for_byte(tmp_path: Path) -> None:
    for folder in (tmp_path / "given", tmp_path / "given/dir"):
        folder.mkdir()
        for name in NAMES:
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(name)
    found = landed(do(tmp_path, f"cp -R {tmp_path}/given/. ."))
    added = {place + name: ("100644", name) for place in (b"", b"dir/") for name in NAMES}
    assert found == base_tree() | added


def test_names_that_only_differ_in_case_stay_two_files(tmp_path: Path) -> None:
    def clash(repository: Path) -> None:
        (repository / "Makefile").write_text("upper\n")
        (repository / "makefile").write_text("lower\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "Collide")
        git(repository, "config", "core.ignoreCase", "true")  # as copied from another system

    found = landed(do(tmp_path, "echo more >> makefile; echo x > readme.md", prepare=clash))
    assert found == base_tree() | {
        b"Makefile": ("100644", b"upper\n"),
        b"makefile": ("100644", b"lower\nmore\n"),
        b"readme.md": ("100644", b"x\n"),
    }


@pytest.mark.parametrize("trusted", ["true", "false"])
def test_executable_bits_land_whatever_the_configuration_believes(tmp_path: Path, trusted: str) -> None:
    def prepare(repository: Path) -> None:
        git(repository, "update-index", "--chmod=+x", "run.sh")
        (repository / "run.sh").chmod(0o755)
        git(repository, "commit", "-qm", "Make it a program")
        git(repository, "config", "core.fileMode", trusted)

    script = "chmod -x run.sh; chmod +x README.md; echo x > tool; chmod +x tool"
    found = landed(do(tmp_path, script, prepare=prepare))
    assert found == base_tree() | {
        b"README.md": ("100755", b"# App\n"),
        b"tool": ("100755", b"x\n"),
    }


def test_links_land_as_links_wherever_they_lead(tmp_path: Path) -> None:
    script = "ln -s README.md in; ln -s nowhere dangling; ln -s /etc out; ln -s ../../../.. up"
    script += "; rm -r docs; ln -s /tmp docs"
    found = landed(do(tmp_path, script))
    links = {
        b"in": b"README.md",
        b"dangling": b"nowhere",
        b"out": b"/etc",
        b"up": b"../../../..",
        b"docs": b"/tmp",
    }
    expected = {path: value for path, value in base_tree().items() if not path.startswith(b"docs/")}
    assert found == expected | {path: ("120000", target) for path, target in links.items()}


def test_what_a_task_writes_through_a_link_out_of_the_worktree_is_not_its_work(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    script = f"ln -s {tmp_path}/outside src; echo x > src/app.py"
    found = landed(do(tmp_path, script, scope="[src]"))
    assert found == base_tree() | {b"src": ("120000", str(tmp_path / "outside").encode())}
    assert (tmp_path / "outside/app.py").exists(), "only a sandbox could have stopped that"


def test_a_folder_that_became_a_link_out_of_scope_is_put_back_without_following_it(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.md").write_text("precious\n")
    script = f"rm -r docs; ln -s {tmp_path}/outside docs; echo x > x.txt"
    rule, message = refusal(do(tmp_path, script, scope="[x.txt]"))
    assert (rule, "docs, docs/a.md, docs/b.md" in message) == ("scope", True)
    assert (tmp_path / "outside/a.md").read_text() == "precious\n"
    assert [file.name for file in (tmp_path / "outside").iterdir()] == ["a.md"]


SWAPS = {
    "file to folder": (
        "rm README.md; mkdir README.md; echo x > README.md/x",
        "README.md",
        {b"README.md/x": b"x\n"},
    ),
    "folder to file": ("rm -r docs; echo x > docs", "docs", {b"docs": b"x\n"}),
}


@pytest.mark.parametrize(("script", "gone", "added"), SWAPS.values(), ids=SWAPS)
def test_a_file_and_a_folder_change_places(
    tmp_path: Path, script: str, gone: str, added: dict[bytes, bytes]
) -> None:
    found = landed(do(tmp_path, script))
    kept = {path: value for path, value in base_tree().items() if path.split(b"/")[0] != gone.encode()}
    assert found == kept | {path: ("100644", content) for path, content in added.items()}


@pytest.mark.parametrize("script", [script for script, _, _ in SWAPS.values()], ids=SWAPS)
def test_a_swap_out_of_scope_is_refused_and_the_checks_see_the_tree(tmp_path: Path, script: str) -> None:
    rule, _ = refusal(do(tmp_path, f"{script}; echo x > x.txt", scope="[x.txt]"))
    assert rule == "scope"


GERMAN, LOWER = b"LIESMICH.md", b"readme.md"
ONLY: dict[str, tuple[str, dict[bytes, tuple[str, bytes] | None]]] = {
    "renamed": ("git mv README.md LIESMICH.md", {b"README.md": None, GERMAN: ("100644", b"# App\n")}),
    "case": ("git mv README.md readme.md", {b"README.md": None, LOWER: ("100644", b"# App\n")}),
    "mode": ("chmod +x run.sh", {b"run.sh": ("100755", b"#!/bin/sh\n")}),
    "deleted": ("rm -r docs", {b"docs/a.md": None, b"docs/b.md": None}),
    "emptied": (": > run.sh", {b"run.sh": ("100644", b"")}),
}


@pytest.mark.parametrize(("script", "changed"), ONLY.values(), ids=ONLY)
def test_a_change_of_one_kind_alone_lands(
    tmp_path: Path, script: str, changed: dict[bytes, tuple[str, bytes] | None]
) -> None:
    expected = base_tree() | {path: value for path, value in changed.items() if value}
    assert landed(do(tmp_path, script)) == {
        path: value for path, value in expected.items() if changed.get(path, value)
    }


def test_a_folder_without_a_file_is_no_change_and_said_to_be_none(tmp_path: Path) -> None:
    rule, message = refusal(do(tmp_path, "mkdir -p empty/folder"))
    assert (rule, "nothing was changed" in message) == ("emptiness", True)


def test_a_repository_left_in_the_worktree_is_named_and_not_taken_in(tmp_path: Path) -> None:
    script = (
        "git init -q lib; git -C lib -c user.name=a -c user.email=b commit -q --allow-empty -m x; echo x > x"
    )
    rule, message = refusal(do(tmp_path, script))
    assert rule == "scope"
    assert "a git repository of its own, which no commit can hold: lib" in message
    assert "remove its .git folder" in message


def test_a_binary_file_of_fifty_megabytes_is_refused_with_its_size(tmp_path: Path) -> None:
    rule, message = refusal(do(tmp_path, "head -c 50000000 /dev/zero > big.bin"))
    assert (rule, "big.bin is binary and has 50000000 bytes" in message) == ("size", True)


def test_a_task_works_beside_a_file_of_fifty_megabytes(tmp_path: Path) -> None:
    def prepare(repository: Path) -> None:
        (repository / "big.bin").write_bytes(b"\0" * 50_000_000)
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "Add a large file")

    found = landed(do(tmp_path, "echo x > x.txt; chmod +x big.bin", prepare=prepare))
    assert found == base_tree() | {
        b"big.bin": ("100755", b"\0" * 50_000_000),
        b"x.txt": ("100644", b"x\n"),
    }


def test_line_ends_are_stored_as_the_users_configuration_and_attributes_ask_for(tmp_path: Path) -> None:
    def prepare(repository: Path) -> None:
        (repository / "windows.bat").write_bytes(b"echo\r\n")
        (repository / ".gitattributes").write_text("*.bat -text\n*.sh eol=lf\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "Add attributes")
        git(repository, "config", "core.autocrlf", "true")

    script = "printf 'a\\r\\nb\\r\\n' > new.txt; printf 'x\\r\\n' > new.bat; printf 'more\\r\\n' >> docs/a.md"
    check = 'test "$(wc -c < docs/b.md)" -eq 3'  # checked out as on the user's own disk: b\\r\\n
    found = landed(do(tmp_path, script, check=check, prepare=prepare))
    assert found == base_tree() | {
        b".gitattributes": ("100644", b"*.bat -text\n*.sh eol=lf\n"),
        b"windows.bat": ("100644", b"echo\r\n"),
        b"new.bat": ("100644", b"x\r\n"),
        b"new.txt": ("100644", b"a\nb\n"),
        b"docs/a.md": ("100644", b"a\nmore\n"),
    }


@pytest.mark.parametrize("scope", ["[new.txt]", "['**']"])
def test_a_file_that_git_itself_calls_changed_is_neither_taken_in_nor_blamed(
    tmp_path: Path, scope: str
) -> None:
    def prepare(repository: Path) -> None:
        (repository / "old.txt").write_bytes(b"one\r\ntwo\r\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "Add Windows line ends")
        (repository / ".gitattributes").write_text("*.txt text\n")
        git(repository, "add", ".gitattributes")
        git(repository, "commit", "-qm", "Ask for others")

    found = landed(do(tmp_path, "echo x > new.txt", prepare=prepare, scope=scope))
    assert found == base_tree() | {
        b".gitattributes": ("100644", b"*.txt text\n"),
        b"old.txt": ("100644", b"one\r\ntwo\r\n"),
        b"new.txt": ("100644", b"x\n"),
    }


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


def points_to_large_files(repository: Path) -> None:
    """Commit a pointer of Git LFS, whose program this machine does not have, and configure it."""
    (repository / "big.bin").write_bytes(POINTER)
    (repository / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Point to a large file")
    for name, value in {
        "clean": "git-lfs-is-not-here clean -- %f",
        "smudge": "git-lfs-is-not-here smudge -- %f",
        "process": "git-lfs-is-not-here filter-process",
        "required": "true",
    }.items():
        git(repository, "config", "--global", f"filter.lfs.{name}", value)


def test_pointers_to_large_files_stay_as_they_are_without_git_lfs(tmp_path: Path) -> None:
    check = 'grep -q 12345 big.bin && test -z "$(git status --porcelain)"'
    found = landed(do(tmp_path, "echo x > x.txt; git status", check=check, prepare=points_to_large_files))
    assert found[b"big.bin"] == ("100644", POINTER)
    assert found[b"x.txt"] == ("100644", b"x\n")


def test_a_large_file_is_not_stored_in_git_when_git_lfs_is_missing(tmp_path: Path) -> None:
    rule, message = refusal(
        do(tmp_path, "echo content > new.bin; echo x > x.txt", prepare=points_to_large_files)
    )
    assert (rule, "new.bin must be stored through the filter 'lfs'" in message) == ("filter", True)


def with_submodule(tmp_path: Path) -> Callable[[Path], object]:
    library = make_repository(tmp_path / "library", {"lib.txt": "one\n"})
    git(library, "commit", "-q", "--allow-empty", "-m", "Second")

    def prepare(repository: Path) -> None:
        allowed = ("-c", "protocol.file.allow=always")
        git(repository, *allowed, "submodule", "--quiet", "add", str(library), "lib")
        git(repository, "commit", "-qm", "Add the library")

    return prepare


def test_a_task_works_beside_a_submodule(tmp_path: Path) -> None:
    found = landed(do(tmp_path, "echo x > x.txt", prepare=with_submodule(tmp_path)))
    assert found[b"lib"] == ("160000", git(tmp_path / "library", "rev-parse", "HEAD").encode())
    assert found[b"x.txt"] == ("100644", b"x\n")


def test_a_task_moves_a_submodule_to_another_commit(tmp_path: Path) -> None:
    script = (
        "git -c protocol.file.allow=always submodule --quiet update --init lib\ngit -C lib checkout -q HEAD~1"
    )
    found = landed(do(tmp_path, script, prepare=with_submodule(tmp_path)))
    assert found[b"lib"] == ("160000", git(tmp_path / "library", "rev-parse", "HEAD~1").encode())


def test_a_new_submodule_is_refused_with_a_reason(tmp_path: Path) -> None:
    library = make_repository(tmp_path / "library", {"lib.txt": "one\n"})
    script = f"git -c protocol.file.allow=always submodule --quiet add {library} lib"
    rule, message = refusal(do(tmp_path, script))
    assert (rule, "which no commit can hold: lib" in message) == ("scope", True)
