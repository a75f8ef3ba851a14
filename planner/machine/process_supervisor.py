"""Supervise one command and everything it starts; a program of its own, on the standard library alone.

Started as `python -I -S process_supervisor.py`, because a lease token cannot fence a process (design 7.3):
whoever asked for the command may die at any moment, and then nobody else would end it.

Standard input carries one line of JSON (the request) and is the life line after it: the line `stop`, or its
end because the owner died, ends the whole process tree. Standard output carries events, one JSON object a
line: `started`, `output` (a progress line of the command) and, last, `ended`.
"""

# ruff: noqa: PTH105, PTH108, PTH208 - importing pathlib would add 3 ms to the start of every command
from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable

NOT_FOUND, NOT_EXECUTABLE = 127, 126  # the exit codes every shell uses for these
PROGRESS_PREFIX = b"TASKS_PROGRESS "
TOKEN_VARIABLE = "TASKS_PROCESS_TOKEN"  # noqa: S105 - the name of a variable, not a secret
SETTLE_SECONDS = 0.1  # a child that ends together with its parent was not left over
KILL_PATIENCE_SECONDS = 10.0  # how long a killed process may take to vanish: the kernel may be writing for it
MOST_READS_AT_THE_END = 17  # of 64 KiB: more than the largest pipe holds
PR_SET_CHILD_SUBREAPER = 36


def read_file(path: str) -> bytes:
    """Return the first 4096 bytes of a file of /proc."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)


def read_stat(pid: int) -> tuple[str, int, int, int] | None:
    """Return state, parent's pid, session id, start time (clock ticks since boot); None for an unused pid."""
    try:
        text = read_file(f"/proc/{pid}/stat")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The program's name stands in parentheses and may hold spaces and parentheses itself.
    fields = text[text.rindex(b")") + 2 :].split()
    return fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[19])


def live_descendants(root: int) -> list[int]:
    """Return the pids of all running processes below a process; zombies have ended and are not among them."""
    children: dict[int, list[int]] = {}
    dead: set[int] = set()
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := read_stat(int(name))):
            children.setdefault(stat[1], []).append(int(name))
            if stat[0] in "ZX":
                dead.add(int(name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.extend(below)
        waiting.extend(below)
    return [pid for pid in found if pid not in dead]


def boot_id() -> str:
    """Return what tells this start of the machine from others: start times count from it."""
    return read_file("/proc/sys/kernel/random/boot_id").decode("ascii").strip()


def write_all(file: int, data: bytes) -> None:
    """Write all bytes to a file; one call may write less."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


class CappedFile:
    """Keeps the first half and the newest part of all that is written, with a line between that says so.

    On disk at every moment, never larger than the limit plus one write: it can be followed while it grows,
    and nothing is lost with the process that writes.
    """

    MARKER = b"\n[... %d bytes of output are left out here ...]\n"
    SMALLEST_LIMIT = 1024

    def __init__(self, path: str, limit: int) -> None:
        # 0600: what a command prints may be nobody else's business.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._limit = max(limit, self.SMALLEST_LIMIT)
        self._head = self._limit // 2
        self._tail = self._limit // 4
        self._size = self._marker = 0
        self.total = self.left_out = 0
        self.error = ""

    def write(self, data: bytes) -> None:
        """Add bytes; after an `error` (a full disk) they are only counted, and the command goes on."""
        self.total += len(data)
        if self.error:
            return
        try:
            write_all(self._file, data)
            self._size += len(data)
            if self._size > self._limit:
                self._compact()
        except OSError as error:
            self.error = str(error)

    def close(self) -> None:
        """Nothing more will be written."""
        os.close(self._file)

    def _compact(self) -> None:
        newest = os.pread(self._file, self._tail, self._size - self._tail)
        self.left_out += self._size - self._head - self._marker - len(newest)
        marker = self.MARKER % self.left_out
        os.ftruncate(self._file, self._head)
        os.lseek(self._file, self._head, os.SEEK_SET)
        write_all(self._file, marker + newest)
        self._marker = len(marker)
        self._size = self._head + self._marker + len(newest)


class ProgressScanner:
    """Finds the lines beginning with TASKS_PROGRESS in a stream, at next to no cost for all others."""

    LONGEST_LINE = 500

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the progress lines that these bytes complete."""
        complete, newline, rest = (self._rest + data).rpartition(b"\n")
        self._rest = rest[: self.LONGEST_LINE]
        if not newline or PROGRESS_PREFIX not in complete:
            return []
        lines = [line for line in complete.split(b"\n") if line.startswith(PROGRESS_PREFIX)]
        return [line[: self.LONGEST_LINE].decode("utf-8", "replace").rstrip() for line in lines]


class EventWriter:
    """Writes events to the owner without ever waiting for it: a stuck owner must not outlive a deadline."""

    MOST_PENDING = 65_536

    def __init__(self, file: int) -> None:
        self._file = file
        self._pending = b""
        os.set_blocking(file, False)

    def emit(self, **event: object) -> None:
        """Send an event; progress that the owner does not read is dropped, all other events are kept."""
        if len(self._pending) > self.MOST_PENDING and event["event"] == "output":
            return
        self._pending += json.dumps(event).encode() + b"\n"
        self.flush()

    def flush(self) -> None:
        """Write what can be written now; for a dead owner there is nothing to write any more."""
        try:
            while self._pending:
                self._pending = self._pending[os.write(self._file, self._pending) :]
        except BlockingIOError:
            return
        except OSError:
            self._pending = b""

    def finish(self) -> None:
        """Write all that is pending: the tree has ended, so now we may wait for the owner."""
        os.set_blocking(self._file, True)
        self.flush()


class ProcessTree:
    """The command and all that descends from it: a subreaper becomes the parent of what loses its own."""

    def __init__(self) -> None:
        self.main = 0
        self.status: int | None = None
        self.ended_at = 0.0
        self.gone = False
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        if prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "this kernel gives us no PR_SET_CHILD_SUBREAPER")

    def reap(self) -> None:
        """Collect every process that has ended; without any child left, no descendant is left either."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self.main:
                    self.status, self.ended_at = status, time.monotonic()
        except ChildProcessError:
            self.gone = True

    def living(self) -> list[int]:
        """Return the pids of all running processes of the tree."""
        return [] if self.gone else live_descendants(os.getpid())

    def send(self, *signals: int) -> None:
        """Send signals to every process of the tree that we may signal."""
        for pid in self.living():
            for number in signals:
                try:
                    os.kill(pid, number)
                except (ProcessLookupError, PermissionError):
                    break


class LifeLine:
    """Says when to stop: at the owner's word, at its death, or at SIGTERM."""

    def __init__(self) -> None:
        self.stopped = False
        self.open = True
        self._received = b""

    def read_request(self) -> bytes:
        """Return the request, waiting for it; nothing if the owner died before it was complete."""
        while b"\n" not in self._received:
            data = os.read(0, 65_536)
            if not data:
                return b""
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        self._take_in(b"")
        return line

    def read(self) -> None:
        """Take in what the owner said; the end of the line is its death."""
        data = os.read(0, 4096)
        self.open = bool(data)
        self.stopped = self.stopped or not data
        self._take_in(data)

    def _take_in(self, data: bytes) -> None:
        self._received += data
        if b"stop\n" in self._received:
            self.stopped = True

    def stop(self, _number: int, _frame: object) -> None:
        """Handle SIGTERM."""
        self.stopped = True


class Request:
    """What the owner asks for."""

    def __init__(self, line: bytes) -> None:
        fields = json.loads(line)
        self.argv: list[str] = fields["argv"]
        self.cwd: str = fields["cwd"]
        self.environment: dict[str, str] = fields["environment"]
        self.deadline_seconds: float = fields["deadline_seconds"]
        self.grace_seconds: float = fields["grace_seconds"]
        self.output_path: str = fields["output_path"]
        self.output_limit_bytes: int = fields["output_limit_bytes"]
        self.record_path: str = fields["record_path"]
        self.token: str = fields["token"]


def write_record(request: Request, child: int) -> None:
    """Write down who runs, at once or not at all, so that survivors are found if we are killed."""
    identities = {
        name: {"pid": pid, "start_time": stat[3]}
        for name, pid in (("supervisor", os.getpid()), ("child", child))
        if (stat := read_stat(pid))
    }
    record = {
        "token": request.token,
        "program": request.argv[0],
        "boot_id": boot_id(),
        "grace_seconds": request.grace_seconds,
        **identities,
    }
    unfinished = f"{request.record_path}.unfinished"
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    write_all(file, json.dumps(record).encode())
    os.close(file)
    os.replace(unfinished, request.record_path)


def become_command(request: Request, output: int, go: int, failure: int) -> None:
    """In the forked child: become the command, or write to `failure` why that cannot be; never returns."""
    stage, exit_code = "start", NOT_EXECUTABLE
    try:
        # Exec resets handlers but keeps what is ignored, and Python ignores SIGPIPE.
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for wanted, source in ((0, nothing), (1, output), (2, output)):
            os.dup2(source, wanted)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if os.read(go, 1):  # nothing comes if the supervisor died before it wrote the record
            stage = "cwd"
            os.chdir(request.cwd)
            stage = "exec"
            environment = {**request.environment, TOKEN_VARIABLE: request.token}
            os.execvpe(request.argv[0], request.argv, environment)  # noqa: S606 - no shell on purpose
    except (OSError, ValueError) as error:
        missing = stage == "exec" and isinstance(error, (FileNotFoundError, NotADirectoryError))
        exit_code = NOT_FOUND if missing else NOT_EXECUTABLE
        problem = {"stage": stage, "not_found": missing, "message": getattr(error, "strerror", str(error))}
        write_all(failure, json.dumps(problem).encode())
    finally:
        os._exit(exit_code)


class Supervisor:
    """One command from start to the end of its last descendant."""

    def __init__(self, request: Request, line: LifeLine) -> None:
        self.request = request
        self.line = line
        self.tree = ProcessTree()
        self.events = EventWriter(1)
        self.output = CappedFile(request.output_path, request.output_limit_bytes)
        self._progress = ProgressScanner()
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[], object]] = {}
        self._output_pipe = -1
        self._listen_to_signals()
        self.watch(0, self._read_line)

    def _listen_to_signals(self) -> None:
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self.watch(woken, lambda: os.read(woken, 4096))

    def watch(self, file: int, handler: Callable[[], object]) -> None:
        """Call the handler whenever the file can be read."""
        self._handlers[file] = handler
        self._poll.register(file, select.POLLIN)

    def _forget(self, file: int) -> None:
        if self._handlers.pop(file, None):
            self._poll.unregister(file)

    def _read_line(self) -> None:
        self.line.read()
        if not self.line.open:
            self._forget(0)

    def watch_output(self, file: int) -> None:
        """Take in what comes out of the command's end of this pipe."""
        os.set_blocking(file, False)
        self._output_pipe = file
        self.watch(file, lambda: self.read_output(file))

    def read_output(self, file: int) -> bool:
        """Take in what the command printed; return whether there may be more."""
        try:
            data = os.read(file, 65_536)
        except BlockingIOError:
            return False
        if not data:
            self._forget(file)
            return False
        self.output.write(data)
        for line in self._progress.feed(data):
            self.events.emit(event="output", bytes=self.output.total, line=line)
        return True

    def wait_until(self, happened: Callable[[], bool], until: float) -> None:
        """Handle whatever comes in until something has happened or the time (of time.monotonic) has come."""
        self.tree.reap()
        while not happened() and (left := until - time.monotonic()) > 0:
            for file, _ in self._poll.poll(min(left, 60.0) * 1000 + 1):
                if file in self._handlers:
                    self._handlers[file]()
            self.tree.reap()
            self.events.flush()

    def drain(self) -> None:
        """Take in what the ended tree left in the pipe, though somebody outside of it may hold it open."""
        for _ in range(MOST_READS_AT_THE_END):
            if self._output_pipe not in self._handlers or not self.read_output(self._output_pipe):
                return

    def end_tree(self) -> list[int]:
        """Ask every process to end, kill what does not; return the pids that even so remain."""
        self.tree.send(signal.SIGTERM, signal.SIGCONT)
        self.wait_until(lambda: self.tree.gone, time.monotonic() + self.request.grace_seconds)
        give_up = time.monotonic() + KILL_PATIENCE_SECONDS
        while not self.tree.gone and time.monotonic() < give_up:
            self.tree.send(signal.SIGKILL)
            self.wait_until(lambda: self.tree.gone, time.monotonic() + 0.05)
        return self.tree.living()


def start(supervisor: Supervisor) -> dict[str, object]:
    """Start the command; return why it could not be started, nothing if it runs."""
    request = supervisor.request
    output, printed = os.pipe()
    go_ahead, go = os.pipe()
    failure, failed = os.pipe()
    supervisor.tree.main = child = os.fork()
    if child == 0:
        os.close(go)  # else the child itself would keep open what tells it of our death
        become_command(request, printed, go_ahead, failed)
    for file in (printed, go_ahead, failed):
        os.close(file)
    supervisor.watch_output(output)
    stat = read_stat(child)
    write_record(request, child)
    write_all(go, b"g")
    os.close(go)
    reason = os.read(failure, 4096)  # one small write comes as one, or exec closes the pipe
    os.close(failure)
    if reason:
        problem: dict[str, object] = json.loads(reason)
        return problem
    supervisor.events.emit(event="started", pid=child, start_time=stat[3] if stat else 0)
    return {}


def supervise(supervisor: Supervisor) -> None:
    """Run the command until it ends or must end, end what it left, and tell how it went."""
    tree, line, request = supervisor.tree, supervisor.line, supervisor.request
    began = time.monotonic()
    problem = start(supervisor)
    if problem:
        text = f"tasks: cannot start {request.argv[0]} in {request.cwd}: {problem['message']}\n"
        supervisor.output.write(text.encode("utf-8", "replace"))
    supervisor.wait_until(lambda: tree.status is not None or line.stopped, began + request.deadline_seconds)
    by_itself = tree.status is not None
    stopped = line.stopped and not by_itself
    left_over = 0
    if by_itself:
        supervisor.wait_until(lambda: tree.gone, time.monotonic() + SETTLE_SECONDS)
        left_over = len(tree.living())
    remaining = [] if tree.gone else supervisor.end_tree()
    supervisor.drain()
    supervisor.output.close()
    if not remaining:
        os.unlink(request.record_path)
    supervisor.events.emit(
        event="ended",
        **how_it_ended(tree.status),
        timed_out=not by_itself and not stopped,
        stopped=stopped,
        left_over=left_over,
        output_bytes=supervisor.output.total,
        output_error=supervisor.output.error,
        duration_seconds=round((tree.ended_at or time.monotonic()) - began, 4),
        problem=problem,
        remaining=remaining,
    )
    supervisor.events.finish()


def how_it_ended(status: int | None) -> dict[str, int | None]:
    """Return exit code and signal of a status of waitpid; both are None for a process that did not end."""
    if status is None:
        return {"exit_code": None, "signal": None}
    if os.WIFSIGNALED(status):
        return {"exit_code": None, "signal": os.WTERMSIG(status)}
    return {"exit_code": os.WEXITSTATUS(status), "signal": None}


def main() -> None:
    """Serve one request."""
    line = LifeLine()
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # what a thread of the owner had blocked, we must hear
    signal.signal(signal.SIGTERM, line.stop)
    # Ctrl-C and a closed terminal are for the owner, who then says stop or dies.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    request = line.read_request()
    if not request:
        return
    supervisor = Supervisor(Request(request), line)
    try:
        supervise(supervisor)
    except BaseException:
        supervisor.end_tree()  # whatever went wrong here, the command must not run on alone
        raise


if __name__ == "__main__":
    main()
