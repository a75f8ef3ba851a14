"""Become a command that lives under limits of the system, which hold for all that it starts.

Called as a program: FILE_SIZE COMMAND..., where FILE_SIZE is in bytes, or `unlimited`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

PR_CAPBSET_DROP = 24
POWERS_OVER_PERMISSIONS = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def main() -> None:
    """Take the limits and become the command."""
    file_size, *argv = sys.argv[1:]
    if file_size != "unlimited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_size), int(file_size)))
    if os.geteuid() == 0:  # tests may run as root, for whom no folder is read-only
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        for power in POWERS_OVER_PERMISSIONS:
            if prctl(PR_CAPBSET_DROP, power, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "this root cannot give up its powers")
    os.execv(argv[0], argv)  # noqa: S606 - no shell on purpose


if __name__ == "__main__":
    main()
