"""The connection to Temporal, configured only by Temporal's own environment and files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError

from schemas.errors import WorkerPoolUnavailable

DEFAULT_ADDRESS = "localhost:7233"
NAMING_VARIABLES = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")
RPC_TIMEOUT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class TemporalTarget:
    """Which server to talk to; without a local address Temporal's own configuration decides."""

    local_address: str | None = None
    namespace: str = "default"
    ui_url: str | None = None


def names_a_server(environment: Mapping[str, str]) -> bool:
    """Return whether the user said which Temporal to use; then we start none."""
    return any(environment.get(name) for name in NAMING_VARIABLES)


def named_address() -> str:
    """Return host and port of the server that Temporal's own configuration names.

    Raises:
        WorkerPoolUnavailable: the configuration cannot be used.
    """
    return _configuration().get("target_host", DEFAULT_ADDRESS)


def _configuration() -> ClientConnectConfig:
    """Return what Temporal's own variables and files say.

    Raises:
        WorkerPoolUnavailable: when they cannot be used; says what is wrong with them.
    """
    named = os.environ.get("TEMPORAL_CONFIG_FILE")
    try:
        if named:
            Path(named).stat()  # Temporal takes a file that is not there for an empty one
        return ClientConfig.load_client_connect_config()
    except (RuntimeError, OSError, ValueError) as error:
        raise WorkerPoolUnavailable(
            f"Temporal's configuration cannot be used: {error}",
            hint="look at the TEMPORAL_... variables, and at the file that TEMPORAL_CONFIG_FILE names",
        ) from error


async def connect(target: TemporalTarget, *, patience_seconds: float = 10.0) -> Client:
    """Return a client that speaks our records.

    Raises:
        WorkerPoolUnavailable: when the server does not answer in time; names the address.
    """
    config = _configuration()
    if target.local_address is not None:
        config["target_host"] = target.local_address
        config["namespace"] = target.namespace
    address = config.setdefault("target_host", DEFAULT_ADDRESS)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while True:
        try:
            return await Client.connect(**config, data_converter=pydantic_data_converter)
        except ValueError as error:
            raise WorkerPoolUnavailable(
                f"Temporal's address {address!r} cannot be used: {error}",
                hint="write TEMPORAL_ADDRESS as HOST:PORT, or unset it to use a local server",
            ) from error
        except (RPCError, RuntimeError) as error:
            if loop.time() >= deadline:
                raise WorkerPoolUnavailable(
                    f"Temporal at {address} does not answer: {error}",
                    hint="see `tasks doctor`; `tasks up` starts a local server, "
                    "TEMPORAL_ADDRESS names another one",
                ) from error
            await asyncio.sleep(0.2)
