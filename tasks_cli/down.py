"""`tasks down`: stop the local server and the workers."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("down")
def command() -> int:
    """Stop what `tasks up` started; runs are kept and go on after the next `tasks up`."""
    from tasks_cli.printing import print_result
    from tasks_cli.service_client import local_state
    from workers.service_end import end_service
    from workers.state_folder import using_state

    _, state = local_state(Path.cwd())
    with using_state(state):
        stopped = end_service(state)
    print_result("stopped" if stopped else "nothing was running")
    return 0
