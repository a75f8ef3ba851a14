"""The connection to Temporal, configured only by Temporal's own environment and files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from schemas.errors import WorkerPoolUnavailable

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
        RuntimeError: the configuration cannot be read.
    """
    return ClientConfig.load_client_connect_config().get("target_host", "localhost:7233")


async def connect(target: TemporalTarget, *, patience_seconds: float = 10.0) -> Client:
    """Return a client that speaks our records.

    Raises:
        WorkerPoolUnavailable: when the server does not answer in time; names the address.
    """
    config = ClientConfig.load_client_connect_config()
    if target.local_address is not None:
        config["target_host"] = target.local_address
        config["namespace"] = target.namespace
    address = config.get("target_host", "localhost:7233")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while True:
        try:
            return await Client.connect(**config, data_converter=pydantic_data_converter)
        except (RPCError, RuntimeError) as error:
            if loop.time() >= deadline:
                raise WorkerPoolUnavailable(
                    f"Temporal at {address} does not answer: {error}",
                    hint="see `tasks doctor`; `tasks up` starts a local server, "
                    "TEMPORAL_ADDRESS names another one",
                ) from error
            await asyncio.sleep(0.2)
