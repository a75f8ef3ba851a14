"""Whose port it is: an answer on a port says nothing about who gives it."""

from __future__ import annotations

import psutil


def listens_on(pid: int, port: int) -> bool:
    """Return whether this process, or one below it, listens on a TCP port.

    A program may be a wrapper that starts the real one, so what is below it counts too.
    """
    try:
        process = psutil.Process(pid)
        return any(_listens(each, port) for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return False


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # a wrapper that changes the user: nobody can look, so the answer on the port has to do
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)
