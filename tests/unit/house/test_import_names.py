"""Our packages have common names: beside another owner of one, the two overwrite each other in silence."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.unit.house.code_measures import PACKAGES


def other_owners() -> dict[str, list[str]]:
    """Return for each of our packages the installed distributions, other than ours, that bring it too."""
    owners = packages_distributions()
    found = {
        name: [each for each in owners.get(name, []) if each != "tasks-on-temporal"] for name in PACKAGES
    }
    return {name: others for name, others in found.items() if others}


def test_no_other_distribution_owns_one_of_our_packages() -> None:
    assert other_owners() == {}


def test_another_owner_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "some_workflows-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: some-workflows\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("workflows/__init__.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert other_owners() == {"workflows": ["some-workflows"]}


def test_our_packages_are_imported_from_this_checkout() -> None:
    checkout = Path(__file__).resolve().parents[3]
    for name in PACKAGES:
        module = __import__(name)
        assert Path(str(module.__file__)).parent == checkout / name
