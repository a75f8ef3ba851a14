"""A world for each case, copied from one that was made once; the cases of a table run two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from tests.end_to_end.bad_input.case import Answers, BadInput, check_case
from tests.end_to_end.bad_input.world import World, copy_of, make_world

AT_ONCE = 2  # a case is the start of one process: the build machine has two cores


@pytest.fixture(scope="session")
def good_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world in which nothing is wrong."""
    return make_world(tmp_path_factory.mktemp("bad-input") / "world")


@pytest.fixture
def world(good_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world to spoil."""
    return copy_of(good_world, tmp_path_factory.mktemp("case") / "world")


@pytest.fixture(scope="module")
def answers(
    request: pytest.FixtureRequest, good_world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Answers]:
    """The selected cases of this module by name: each is being checked, and fails where it is awaited."""
    cases = [
        cast("BadInput", item.callspec.params["case"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and "case" in item.fixturenames
    ]

    names = [case.name for case in cases]
    assert len(set(names)) == len(names), f"two cases have one name: {sorted(names)}"

    def check(case: BadInput) -> None:
        check_case(case, copy_of(good_world, tmp_path_factory.mktemp("case") / "world"))

    pool = ThreadPoolExecutor(AT_ONCE)
    yield {case.name: pool.submit(check, case) for case in cases}
    pool.shutdown(cancel_futures=True)
