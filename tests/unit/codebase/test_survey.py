"""What the survey finds, in real folders and real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.codebase.plain_files import read_plain_file
from planner.codebase.source_reading import SurveyOptions
from planner.codebase.survey import survey
from schemas.errors import CodebaseAnalysisFailed, ExitCode
from tests.unit.codebase.codebases import commit, write_files

CHECKOUT = Path(__file__).resolve().parents[3]


def write(root: Path, **files: str) -> Path:
    """Write files, `__` in a name standing for `/` and a last `_` for the dot before its ending."""
    for name, text in files.items():
        folder, _, ending = name.rpartition("_")
        path = root / f"{folder.replace('__', '/')}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def test_the_interfaces_of_python_modules_are_listed_and_private_ones_and_tests_are_not(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        src__shop__cart_py="class Cart: ...\nclass _Hidden: ...\nasync def total(): ...\nx = 1\n",
        src__shop__store_py="import abc\nclass Store(abc.ABC): ...\nclass Codec(Protocol[int]): ...\n",
        tests__test_cart_py="def test_it(): ...\n",
        src__shop___private_py="def hidden(): ...\n",
    )
    found = survey(tmp_path)
    assert found.analysis.existing_apis == (
        "shop.cart.Cart",
        "shop.cart.total",
        "shop.store.Codec",
        "shop.store.Store",
    )
    assert found.analysis.extension_points == ("shop.store.Codec", "shop.store.Store")
    assert found.modules == ("shop",)
    assert found.languages == (("Python", 4),)
    assert found.source_files == 4


def test_a_file_that_is_no_python_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, bad_py="def (:\n", good_py="def works(): return '\\d'\n")
    found = survey(tmp_path)
    assert found.analysis.existing_apis == ("good.works",)
    assert any(warning.startswith("bad.py") for warning in found.warnings)


def test_names_beyond_the_limit_are_left_out_and_counted(tmp_path: Path) -> None:
    write(tmp_path, many_py="".join(f"def f{number:03d}(): ...\n" for number in range(250)))
    found = survey(tmp_path)
    assert len(found.analysis.existing_apis) == 200
    assert any("200 of 250" in warning for warning in found.warnings)


def test_git_decides_which_files_belong_to_a_repository(tmp_path: Path) -> None:
    write(tmp_path, kept_py="", new_py="", ignored_py="", gone_py="")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "kept.py", "gone.py", ".gitignore")
    (tmp_path / "gone.py").unlink()
    assert survey(tmp_path).files == {".gitignore", "kept.py", "new.py"}


def test_a_part_of_a_repository_is_surveyed_with_its_own_paths(tmp_path: Path) -> None:
    write(tmp_path, other_py="", part__inner_py="")
    git(tmp_path, "init", "-q")
    assert survey(tmp_path / "part").files == {"inner.py"}


def test_a_folder_that_the_repository_around_it_ignores_is_a_codebase_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, part__inner_py="")
    (tmp_path / ".gitignore").write_text("part/\n")
    git(tmp_path, "init", "-q")
    assert survey(tmp_path / "part").files == {"inner.py"}


def test_the_survey_runs_no_program_that_the_repository_configures(tmp_path: Path) -> None:
    root = write(tmp_path / "repo", a_py="")
    git(root, "init", "-q")
    git(root, "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}; false")
    assert survey(root).files == {"a.py"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("with_git", [True, False])
def test_no_link_is_followed(tmp_path: Path, with_git: bool) -> None:  # noqa: FBT001 - with a repository and without
    outside = write(tmp_path / "outside", other_py="def other(): ...\n")
    root = write(tmp_path / "repo", a_py="")
    (root / "folder").symlink_to(outside)
    (root / "link.py").symlink_to(outside / "other.py")
    if with_git:
        git(root, "init", "-q")
    found = survey(root)
    assert found.files == {"a.py"}
    assert found.analysis.existing_apis == ()
    assert "link.py: a link is not followed" in found.skipped


def test_a_pipe_in_the_codebase_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    found = survey(tmp_path)
    assert found.files == frozenset()
    assert found.skipped == ("pipe.py: not a regular file",)


def test_an_empty_folder_is_a_codebase_without_source_code_yet(tmp_path: Path) -> None:
    found = survey(tmp_path)
    assert found.files == frozenset()
    assert found.verify == ()
    assert "no source code yet" in found.warnings[0]


@pytest.mark.parametrize(("name", "what"), [("missing", "does not exist"), ("file.txt", "is not a folder")])
def test_a_path_that_is_no_folder_ends_with_the_seeds_exit_code(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(CodebaseAnalysisFailed, match=what) as caught:
        survey(tmp_path / name)
    assert name in caught.value.message
    assert caught.value.exit_code == ExitCode.CODEBASE_ANALYSIS_FAILED


def test_shared_resources_are_found_by_their_files(tmp_path: Path) -> None:
    write(tmp_path, db__migrations__0001_py="", compose_yaml="", uv_lock="")
    found = survey(tmp_path).analysis.shared_resources
    assert {name: resource.location for name, resource in found.items()} == {
        "database_migrations": "db/migrations",
        "test_environment": "compose.yaml",
        "dependency_lock": "uv.lock",
    }
    assert all(resource.type == "exclusive" for resource in found.values())


def test_the_gitignore_of_every_folder_counts_where_there_is_no_git(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.log.py\n/out/\n!keep.log.py\n",
        "a.log.py": "",
        "keep.log.py": "",
        "out/made.py": "",
        "part/out/own.py": "",
        "part/.gitignore": "own.py\n[broken\n",
        "part/own.py": "",
        "part/a.py": "",
    }
    write_files(tmp_path, files)
    expected = {".gitignore", "keep.log.py", "part/.gitignore", "part/a.py"}
    assert survey(tmp_path).files == expected
    git(tmp_path, "init", "-q")
    assert survey(tmp_path).files == expected


def test_nothing_that_lies_about_in_a_codebase_stops_the_survey(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "good.py": "def works(): ...\n",
            "broken.ts": "export class {{{ ((\n",
            "long.py": "x = 1\n" * 100_000,
        },
    )
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0" * 100)
    (tmp_path / "latin.py").write_bytes("def größe(): ...\n".encode("latin-1"))
    (tmp_path / "wide.py").write_bytes("def wide(): ...\n".encode("utf-16"))
    (tmp_path / "bundle.js").write_bytes(b"var a=1;" * 1_250_000)
    (tmp_path / "small.min.js").write_bytes(b"var a=1;" * 1_000)
    (tmp_path / "deep.py").write_text("x = " + "(" * 5_000 + ")" * 5_000 + "\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.py").symlink_to("self.py")
    os.mkfifo(tmp_path / "pipe.py")
    found = survey(tmp_path)
    assert {"good.works", "latin.größe", "wide.wide"} <= set(found.analysis.existing_apis)
    left_out = "\n".join((*found.skipped, *found.warnings))
    assert "bundle.js: too large: 10.0 MB" in left_out
    for name in (
        "binary.py: binary",
        "small.min.js: most of it",
        "loop: ",
        "self.py: ",
        "pipe.py: ",
        "broken.ts:1 ",
    ):
        assert name in left_out, name
    assert "latin.py: not UTF-8, read as Latin-1" in found.warnings
    assert found.analysis.left_out is not None
    assert found.analysis.source_lines is not None
    assert found.analysis.source_lines > 100_000


def test_a_file_with_more_symbols_than_are_kept_is_reported(tmp_path: Path) -> None:
    root = write_files(tmp_path, {"many.py": "".join(f"def f{number}(): ...\n" for number in range(5001))})
    assert "many.py: only its first 5000 symbols and 5000 imports are known" in survey(root).warnings


def test_code_of_others_is_counted_and_not_looked_at(tmp_path: Path) -> None:
    commit(tmp_path, {"a.go": "package a\nfunc Own() {}\n", "vendor/x/x.go": "package x\nfunc Other() {}\n"})
    found = survey(tmp_path)
    assert found.analysis.existing_apis == ("Own",)
    assert any(
        warning.startswith("1 source files in folders for code of others") for warning in found.warnings
    )


def test_of_a_language_without_a_grammar_the_survey_says_what_it_did_not_read(tmp_path: Path) -> None:
    found = survey(write_files(tmp_path, {"A.java": "class A {}\n", "a.html": "<p>"}))
    assert found.warnings == ("of Java (1 files) only the words were read, not the symbols and imports",)


def test_extension_points_are_what_is_open_or_extended_and_components_what_is_imported(
    tmp_path: Path,
) -> None:
    files = {
        "shop/base.py": "class Handler: ...\nclass Lonely: ...\n",
        "web/shape.ts": "export interface Data { a: 1 }\nexport interface Plugin { run(): void }\n",
        "web/own.ts": "import { Plugin } from './shape';\nexport class Own implements Plugin { run() {} }\n",
    }
    files |= {
        f"shop/{name}.py": f"from shop.base import Handler\nclass {name.title()}(Handler): ...\n"
        for name in ("mail", "print", "store")
    }
    found = survey(write_files(tmp_path, files)).analysis
    assert found.extension_points == ("shop.base.Handler", "web/shape.Plugin")
    assert found.reused_components == ("shop.base",)
    assert found.places is not None
    assert found.places["shop.base.Handler"] == "shop/base.py:1"
    assert found.places["web/shape.Plugin"] == "web/shape.ts:2"
    assert found.import_edges == 4


def test_the_survey_tells_how_far_it_is_until_all_files_are_read(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    root = write_files(tmp_path, {f"file{number}.py": "" for number in range(450)})
    survey(root, SurveyOptions(report=lambda stage, done, total: told.append((stage, done, total))))
    assert [(done, total) for stage, done, total in told if stage == "reading source files"] == [
        (0, 450),
        (200, 450),
        (400, 450),
        (450, 450),
    ]
    assert told[0][0] == "listing files"


def test_a_folder_that_may_not_be_read_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    root = write_files(tmp_path / "code", {"a.py": "def works(): ...\n", "closed/b.py": ""})
    script = (
        "import os, sys\n"
        f"sys.path.insert(0, {str(CHECKOUT)!r})\n"
        "from pathlib import Path\n"
        "from planner.codebase.survey import survey\n"
        f"root = Path({str(root)!r})\n"
        "survey(root)\n"  # loads all modules while we may still read them
        "(root / 'closed').chmod(0)\n"
        "if os.geteuid() == 0:\n"
        "    os.seteuid(65534)\n"
        "found = survey(root)\n"
        "print(sorted(found.files), *found.warnings)\n"
    )
    for folder in (root, *root.parents):
        if folder.is_relative_to(tmp_path.parent.parent) and os.geteuid() == 0:
            folder.chmod(0o755)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    (root / "closed").chmod(0o755)
    assert ended.returncode == 0, ended.stderr
    assert "['a.py']" in ended.stdout
    assert "closed" in ended.stdout.partition("]")[2]


def test_a_file_that_became_a_link_or_a_pipe_after_it_was_listed_is_not_read(tmp_path: Path) -> None:
    write_files(tmp_path, {"secret.txt": "secret", "large.txt": "12345"})
    (tmp_path / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert str(read_plain_file(tmp_path / "link.txt", 100)).startswith("cannot be read")
    assert read_plain_file(tmp_path / "pipe.txt", 100) == "not a regular file"
    assert read_plain_file(tmp_path / "large.txt", 5) == b"12345"
    assert str(read_plain_file(tmp_path / "large.txt", 4)).startswith("too large")


def test_a_folder_with_nothing_but_documents_has_no_source_code(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text("# What to do\n", encoding="utf-8")
    assert "no source code yet" in survey(tmp_path).warnings[0]
