"""A worker takes no more attempts than it has leases, and an abandoned lease does not count for ever."""

import asyncio

from activities.lease_table import IDLE_SECONDS, LeaseTable


class Clock:
    """Time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_no_more_promises_than_leases() -> None:
    table = LeaseTable(2, Clock())
    assert [table.promise() for _ in range(3)] == [True, True, False]
    table.take_back()
    assert table.promise()


def test_a_promise_becomes_a_lease_and_counts_once() -> None:
    table = LeaseTable(2, Clock())
    table.promise()
    token = table.new_token()
    assert table.promise()
    assert not table.promise()
    table.release(token)
    assert table.promise()


def test_a_lease_stops_counting_at_once_and_its_phase_is_waited_for() -> None:
    async def scenario() -> None:
        table = LeaseTable(1, Clock())
        token = table.new_token()
        with table.working(token) as lock:
            async with lock:
                releasing = asyncio.create_task(released(table, token))
                done, _ = await asyncio.wait({releasing}, timeout=0.05)
                assert not done
                assert table.promise()
        await releasing

    asyncio.run(scenario())


async def released(table: LeaseTable, token: str) -> None:
    async with table.releasing(token):
        pass


def test_a_lease_that_nobody_uses_stops_counting_but_a_working_one_does_not() -> None:
    clock = Clock()
    table = LeaseTable(1, clock)
    table.promise()
    token = table.new_token()
    with table.working(token):
        clock.now = 10 * IDLE_SECONDS
        assert not table.promise()
    assert not table.promise()
    clock.now += IDLE_SECONDS + 1
    assert table.promise()


def test_a_lease_from_before_a_restart_counts_as_soon_as_it_works() -> None:
    table = LeaseTable(1, Clock())
    with table.working("old"):
        assert not table.promise()
