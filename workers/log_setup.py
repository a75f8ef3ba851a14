"""Logging of our processes: one JSON line for each event, with an `action` word."""

from __future__ import annotations

import logging
import os
import sys

import structlog

STDERR = 2


class _LineLogger:
    """Writes lines to stderr; on a full disk a line is lost, and the process goes on."""

    def msg(self, line: str) -> None:
        try:
            os.write(STDERR, f"{line}\n".encode())
        except OSError:
            return  # there is no other place to say it

    debug = info = warning = error = critical = msg


def set_up_logging(*, verbose: bool = False) -> None:
    """Write JSON lines to stderr; the service's processes have their stderr in a log file."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=lambda *_: _LineLogger(),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")
