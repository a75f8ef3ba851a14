"""The base of every record that crosses a boundary: a file, a process or a payload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

UnitInterval = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]


class Record(BaseModel):
    """A frozen record whose unknown fields are errors; fields are spelled as in the file format."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
    )

    def as_json(self) -> dict[str, Any]:
        """Return what was set, in the spelling of the file format; what was never set stays absent."""
        return self.model_dump(mode="json", exclude_unset=True)
