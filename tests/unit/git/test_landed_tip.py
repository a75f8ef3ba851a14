"""Where a run left its branch is compared with where the branch is, also while somebody lands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from activities.landed_tip import intact_tip, remember_tip, tip_to_remember
from activities.landing import move_branch
from activities.run_preflight import create_feature_branch
from planner.machine.repository_folders import RepositoryFolders
from schemas.errors import RepositoryUnusable
from tests.unit.git.sample_repository import FEATURE, RUN, git, head

LANDINGS = 60


def landings(folders: RepositoryFolders, base: str) -> list[str]:
    """Return commits that follow one another from the base."""
    made = [base]
    for number in range(LANDINGS):
        tree = f"{base}^{{tree}}"
        made.append(git(folders.top, "commit-tree", tree, "-p", made[-1], "-m", f"Landing {number}"))
    return made


def test_a_landing_at_this_very_moment_is_no_lost_one(folders: RepositoryFolders) -> None:
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    remember_tip(folders, RUN, base)
    chain = landings(folders, base)

    def land_all() -> None:
        for before, after in pairwise(chain):
            assert move_branch(folders, FEATURE, after, before, tip_to_remember(RUN, after))

    with ThreadPoolExecutor(1) as pool:
        landing, seen = pool.submit(land_all), set()
        while not landing.done():
            seen.add(intact_tip(folders, RUN, FEATURE))
        landing.result()
    assert seen <= set(chain)
    assert intact_tip(folders, RUN, FEATURE) == chain[-1]


def test_a_branch_that_was_moved_back_is_noticed(folders: RepositoryFolders) -> None:
    base = create_feature_branch(folders, FEATURE, head(folders.top))
    _, first, second, *_ = landings(folders, base)
    assert move_branch(folders, FEATURE, second, base, tip_to_remember(RUN, second))
    git(folders.top, "branch", "--force", FEATURE, first)
    with pytest.raises(RepositoryUnusable, match="moved back or rewritten"):
        intact_tip(folders, RUN, FEATURE)
