"""Keeping the service's record on the disk true, also when the disk refuses for a while."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from workers.service_record import ServiceRecord, write_service
from workers.state_folder import StateFolder

log = structlog.get_logger()


@dataclass(slots=True)
class RecordWriter:
    """Writes a record when it is another one than was written last."""

    state: StateFolder
    written: ServiceRecord | None = None
    refused: bool = False

    def write(self, record: ServiceRecord) -> None:
        """Write it.

        Raises:
            OSError: it could not be written.
        """
        if record != self.written:
            write_service(self.state, record)
            self.written = record

    def try_to_write(self, record: ServiceRecord) -> None:
        """Write it; on a full disk the service goes on, and the next look tries again."""
        try:
            self.write(record)
        except OSError as error:
            if not self.refused:
                log.warning("the record cannot be written", action="fail", error=str(error))
            self.refused = True
        else:
            self.refused = False
