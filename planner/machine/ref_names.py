"""Which names git accepts for refs, decided without starting git."""

from __future__ import annotations

import re

from schemas.errors import InvalidArguments

# The rules of git-check-ref-format(1), one alternative each.
_REFUSED = re.compile(
    r"""
      (?:^|/)\.            # a part begins with a dot
    | \.lock(?:/|$)        # a part ends with .lock
    | \.\.                 # two dots are a range
    | [\x00-\x20\x7f~^:?*\[\\]
    | ^/ | //+ | /$        # an empty part
    | \.$
    | @\{
    """,
    re.VERBOSE,
)


def check_ref_name(name: str) -> str:
    """Return the name of a branch or ref unchanged.

    Raises:
        InvalidArguments: git would refuse the name, or a command could take it for an option.
    """
    if not name or name in {"@", "HEAD"} or name.startswith("-") or _REFUSED.search(name):
        raise InvalidArguments(
            f"{name!r} cannot be the name of a branch",
            hint="Use letters, digits, '.', '_', '-' and '/', for example feature/checkout-page.",
        )
    return name
