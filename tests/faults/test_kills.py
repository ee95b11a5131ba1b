"""A run killed at any moment (SIGKILL, with all its children) leaves `current` valid, and the next run succeeds."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.city import City, needs_sample

pytestmark = needs_sample

# Moments as shares of an undisturbed run, and the moment at which a release is being written.
ALL_MOMENTS = [*(round(0.04 + 0.05 * step, 2) for step in range(19)), "writing"]
FEW_MOMENTS = [0.7, "writing"]


@pytest.fixture(scope="module")
def published_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """One month published, the next one delivered."""
    city = City(tmp_path_factory.mktemp("kills"))
    city.take_from_sample("2024-02")
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    city.take_from_sample("2024-03")
    return city


@pytest.fixture(scope="module")
def undisturbed_seconds(published_city: City, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the run takes here and now; only to spread the moments."""
    city = copy_of(published_city, tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    assert city.stm("run").code == 0
    return time.monotonic() - began


def copy_of(city: City, folder: Path) -> City:
    shutil.copytree(city.data, folder, symlinks=True, dirs_exist_ok=True)
    return City(folder)


def kill_at(city: City, moment: float | str, seconds: float) -> None:
    process = city.start("run")
    deadline = time.monotonic() + (seconds * moment if isinstance(moment, float) else 10 * seconds + 60)
    while process.poll() is None and time.monotonic() < deadline:
        if moment == "writing" and any((city.data / "published" / "releases").rglob(".r*")):
            break
        time.sleep(0.002)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)


def check_survival(published_city: City, folder: Path, moment: float | str, seconds: float) -> None:
    city = copy_of(published_city, folder)
    kill_at(city, moment, seconds)

    assert city.current.resolve().is_dir()
    assert city.query("select count(*) > 0 from indicator_monthly") == [(True,)]
    verified = city.stm("release", "verify", "--all")
    assert verified.code == 0, verified.out + verified.err

    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert city.manifest()["period"] == "2024-03"
    verified = city.stm("release", "verify", "--all")
    assert verified.code == 0, verified.out + verified.err
    assert not list((city.data / "published").rglob(".*")), "something half made was left behind"


@pytest.mark.parametrize("moment", FEW_MOMENTS)
def test_a_killed_run_leaves_a_valid_release_and_the_next_succeeds(
    published_city: City, undisturbed_seconds: float, tmp_path: Path, moment: float | str
) -> None:
    check_survival(published_city, tmp_path, moment, undisturbed_seconds)


@pytest.mark.faults
@pytest.mark.parametrize("moment", ALL_MOMENTS)
def test_a_run_killed_at_any_moment_leaves_a_valid_release_and_the_next_succeeds(
    published_city: City, undisturbed_seconds: float, tmp_path: Path, moment: float | str
) -> None:
    check_survival(published_city, tmp_path, moment, undisturbed_seconds)
