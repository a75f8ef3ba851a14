"""A lock is not given back while the step it protects still runs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import activities
from activities import host_activities
from activities.uninterrupted import uninterrupted


def test_a_cancellation_waits_until_the_step_has_ended() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def step() -> None:
        begun.set()
        assert go_on.wait(30)
        ended.set()

    async def cancel_it() -> None:
        waiting = asyncio.create_task(uninterrupted(step))
        await asyncio.to_thread(begun.wait, 30)
        for _ in range(2):  # also when somebody is impatient
            waiting.cancel()
            done, _ = await asyncio.wait({waiting}, timeout=0.05)
            assert not done
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert ended.is_set()

    asyncio.run(cancel_it())


def test_a_step_that_has_not_begun_is_given_up() -> None:
    begun, go_on, ran = threading.Event(), threading.Event(), threading.Event()

    def occupy() -> None:
        begun.set()
        assert go_on.wait(30)

    async def scenario() -> None:
        with ThreadPoolExecutor(1) as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            occupying = asyncio.create_task(uninterrupted(occupy))
            await asyncio.sleep(0)
            assert begun.wait(30)
            waiting = asyncio.create_task(uninterrupted(ran.set))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting  # for the pool's only thread is not
            assert not occupying.done()
            go_on.set()
            await occupying

    asyncio.run(scenario())
    assert not ran.is_set()


def test_a_loop_that_is_closed_waits_for_the_step_too() -> None:
    begun, closing = threading.Event(), threading.Event()
    said, tasks = list[str](), list[asyncio.Task[None]]()

    def step() -> None:
        begun.set()
        assert closing.wait(30)
        said.append("the step has ended")

    async def holding() -> None:
        try:
            await uninterrupted(step)
        finally:
            said.append("the lock is given back")

    async def scenario() -> None:
        tasks.append(asyncio.create_task(holding()))
        await asyncio.sleep(0)
        assert begun.wait(30)
        asyncio.get_running_loop().call_later(0.1, closing.set)
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(scenario())
    assert said == ["the step has ended", "the lock is given back"]


def test_the_result_and_the_error_of_a_step_are_its_own() -> None:
    assert asyncio.run(uninterrupted(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(uninterrupted(divmod, 7, 0))


def test_no_phase_lets_a_thread_go_on_without_its_lock() -> None:
    phases = [*Path(activities.__path__[0]).glob("*_phase.py"), Path(host_activities.__file__)]
    assert len(phases) > 5
    assert not [file.name for file in phases if "to_thread(" in file.read_text(encoding="utf-8")]
