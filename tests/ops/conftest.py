"""What the tests of the commands share: a data folder of their own, an environment without ours, free ports."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's own user may pass through, as pytest's tmp_path is not when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="ssc-ops-"))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def outside() -> dict[str, str]:
    """The environment as a person's shell has it: nothing of the engines and settings that this test run uses."""
    ours = ("DATABASE_URL", "REDIS_URL", "PORTAL_DATA", "PORT", "DJANGO_SETTINGS_MODULE", "PORTAL_RUN", "PYTEST_CURRENT_TEST")
    return {name: value for name, value in os.environ.items() if name not in ours}
