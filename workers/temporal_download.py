"""Downloads Temporal's command by the mechanism of Temporal's own SDK.

The SDK downloads only in order to start a server, so one is started and stopped; in a process of its own,
because that mechanism knows no deadline and its library may crash when an interpreter ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from planner.machine.processes import run_short

DOWNLOAD_SECONDS = 300.0
START_SECONDS = 30

Report = Callable[[str], None]


def download_temporal(version: str, target: Path, environment: Mapping[str, str], report: Report) -> bool:
    """Download Temporal's command to target, whole or not at all; return whether that worked.

    A download that fails is no error: without a network, or behind one that refuses it, a build takes over.

    Args:
        version: such as 1.8.2.
        target: the path of the executable; its folder exists.
        environment: our variables; those of a proxy count.
        report: told what is going on and, in one line, why it failed.
    """
    report(f"downloading Temporal {version}")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".downloading-") as folder:
        argv = [sys.executable, "-I", "-m", "workers.temporal_download", version, folder]
        result = run_short(argv, Path(folder), environment, timeout_seconds=DOWNLOAD_SECONDS)
        downloaded = [path for path in Path(folder).iterdir() if path.is_file()]
        if not result.ok or len(downloaded) != 1:
            words = result.stderr.decode("utf-8", "replace").strip().splitlines()
            report(f"Temporal cannot be downloaded here: {words[-1] if words else 'it took too long'}")
            return False
        downloaded[0].chmod(0o755)
        downloaded[0].replace(target)
    return True


async def _download(version: str, folder: str) -> None:
    from temporalio.testing import WorkflowEnvironment  # noqa: PLC0415 - a second to import, only here

    server = await WorkflowEnvironment.start_local(
        download_dest_dir=folder,
        dev_server_download_version=f"v{version}",
        dev_server_startup_timeout=timedelta(seconds=START_SECONDS),
    )
    await server.shutdown()


def _main() -> int:
    try:
        asyncio.run(_download(*sys.argv[1:3]))
    except RuntimeError as error:  # what the SDK raises for all that can go wrong
        print(error, file=sys.stderr)  # noqa: T201 - the words for the process that waits for us
        return 1
    return 0


if __name__ == "__main__":
    code = _main()
    sys.stderr.flush()
    # temporalio can crash the interpreter while it ends; there is nothing left to tidy up.
    os._exit(code)
