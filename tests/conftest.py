"""What all tests share: where things are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def data() -> Path:
    """The files that come with the package."""
    return ROOT / "python" / "verikit" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The public benchmark files beside the repository; tests that use them carry the marker ``shared``."""
    folder = Path(os.environ.get("VERIKIT_SHARED", ROOT.parent / "shared"))
    if not (folder / "bounds" / "vnncomp").is_dir():
        pytest.skip("the public benchmark files are not on this machine (set VERIKIT_SHARED to their folder)")
    return folder
