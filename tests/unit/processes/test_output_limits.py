import asyncio
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.machine.process_supervisor import CappedFile, EventWriter, ProgressScanner
from planner.machine.processes import run_command
from tests.unit.processes.conftest import SEARCH_PATH, Scene

ROOT = Path(__file__).parents[3]
MARKER = re.compile(rb"\n\[\.\.\. (\d+) bytes of output are left out here \.\.\.\]\n")

OWNER = """
import asyncio, resource, sys
from pathlib import Path
from planner.machine.processes import Command, run_command
folder = Path(sys.argv[1])
argv, environment = ("sh", "-c", sys.argv[2]), {"PATH": sys.argv[3]}
command = Command(argv, folder, environment, 120, folder / "output", folder / "records")
result = asyncio.run(run_command(command))
print(result.output_bytes, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_too_much_output_keeps_its_beginning_and_its_end_and_says_how_much_is_missing(scene: Scene) -> None:
    script = "echo the beginning; seq 1 100000; echo the end"
    result = asyncio.run(run_command(scene.shell(script, output_limit_bytes=10_000)))
    kept = scene.output.read_bytes()
    assert len(kept) <= 10_000
    head, missing, tail = MARKER.split(kept)
    assert head.startswith(b"the beginning\n1\n2\n")
    assert tail.endswith(b"100000\nthe end\n")
    assert len(head) + int(missing) + len(tail) == result.output_bytes
    assert result.output_tail.endswith("100000\nthe end\n")


def test_the_output_can_be_followed_while_the_command_runs(scene: Scene) -> None:
    async def follow() -> None:
        script = "exec 9>$WITNESS; seq 1 10000; echo printed >&9; exec sleep 1000"
        running = asyncio.create_task(run_command(scene.shell(script, output_limit_bytes=4096)))
        await asyncio.to_thread(scene.witness.lines, 1)
        for _ in range(1000):  # the pipe may still hold the last of it
            if b"\n10000\n" in scene.output.read_bytes():
                break
            await asyncio.sleep(0.01)
        assert scene.output.read_bytes().endswith(b"9999\n10000\n")
        running.cancel()
        await asyncio.wait({running})

    asyncio.run(follow())


def test_output_that_cannot_be_written_is_a_problem_and_not_the_end(scene: Scene) -> None:
    if not Path("/dev/full").exists():
        pytest.fail("this test needs /dev/full")
    result = asyncio.run(run_command(scene.shell("echo lost", output_path=Path("/dev/full"))))
    assert result.ok
    assert result.problems == ("output was not written: [Errno 28] No space left on device",)


def test_bytes_that_are_no_text_are_shown_all_the_same(scene: Scene) -> None:
    result = asyncio.run(run_command(scene.shell(r"printf 'a\377b\303'")))
    assert result.output_tail == "a�b�"


def test_the_tail_is_never_longer_than_promised(scene: Scene) -> None:
    script = "yes ü | head -n 20000"
    result = asyncio.run(run_command(scene.shell(script)))
    assert result.output_tail == "ü\n" * 2000


@pytest.mark.parametrize("source", ["yes", "tr '\\0' x </dev/zero"])
def test_two_hundred_megabytes_pass_through_little_memory(tmp_path: Path, source: str) -> None:
    script = f"{source} | head -c 200000000"
    owner = [sys.executable, "-c", OWNER, str(tmp_path), script, SEARCH_PATH]
    finished = subprocess.run(owner, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    printed, most_kilobytes = map(int, finished.stdout.split())
    assert printed == 200_000_000
    assert most_kilobytes < 100_000
    assert (tmp_path / "output").stat().st_size <= 4_000_000


@given(chunks=st.lists(st.binary(max_size=3000), max_size=30), limit=st.integers(1024, 5000))
def test_what_is_kept_and_what_is_missing_add_up(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes], limit: int
) -> None:
    path = tmp_path_factory.mktemp("capped") / "output"
    everything = b"".join(chunks)
    file = CappedFile(str(path), limit)
    for chunk in chunks:
        file.write(chunk)
        assert path.stat().st_size <= limit
    kept = path.read_bytes()
    file.close()
    assert file.total == len(everything)
    if len(everything) <= limit:
        assert kept == everything
        return
    marker = CappedFile.MARKER % file.left_out
    head, tail = kept[: limit // 2], kept[limit // 2 + len(marker) :]
    assert kept == head + marker + tail
    assert everything.startswith(head)
    assert everything.endswith(tail)
    assert len(head) + file.left_out + len(tail) == len(everything)


def test_progress_that_nobody_reads_is_dropped_and_the_last_event_is_not() -> None:
    reading, writing = os.pipe()
    events = EventWriter(writing)
    for number in range(10_000):
        events.emit(event="output", bytes=number, line="TASKS_PROGRESS 50 flood")
    events.emit(event="ended")
    with os.fdopen(reading, "rb") as reader, ThreadPoolExecutor() as pool:
        finished = pool.submit(events.finish)  # waits for the reader
        lines = [json.loads(next(reader))]
        while lines[-1]["event"] != "ended":
            lines.append(json.loads(next(reader)))
        finished.result(timeout=20)
    os.close(writing)
    numbers = [line["bytes"] for line in lines[:-1]]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) < 5000


LINES = st.lists(
    st.sampled_from([b"TASKS_PROGRESS 10 a", b"x TASKS_PROGRESS 20", b"", b"word", b"TASKS_PROGRES"])
)


@given(lines=LINES, cuts=st.lists(st.integers(0, 200)))
def test_progress_lines_are_found_however_the_output_is_cut(lines: list[bytes], cuts: list[int]) -> None:
    text = b"".join(line + b"\n" for line in lines)
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    scanner = ProgressScanner()
    found = [line for start, end in pairwise(places) for line in scanner.feed(text[start:end])]
    assert found == [line.decode() for line in lines if line.startswith(b"TASKS_PROGRESS ")]
