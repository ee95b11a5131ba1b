"""A run killed at any moment (SIGKILL, with all its children) leaves `current` valid, and the next run succeeds."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.city import City, needs_sample

pytestmark = needs_sample

# The moments of `make faults`, as shares of an undisturbed run. The worst one, a release half written, is tried by
# every test run.
MOMENTS = [round(0.04 + 0.05 * step, 2) for step in range(19)]


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


def kill_when(city: City, is_time: Callable[[], bool]) -> None:
    process = city.start("run")
    while process.poll() is None and not is_time():
        time.sleep(0.002)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)


def check_survival(city: City) -> None:
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


@pytest.mark.faults
def test_a_run_killed_while_it_writes_a_release_leaves_a_valid_one_and_the_next_succeeds(
    published_city: City, tmp_path: Path
) -> None:
    city = copy_of(published_city, tmp_path)
    kill_when(city, lambda: any((city.data / "published" / "releases").rglob(".r*")))
    assert list((city.data / "published" / "releases").rglob(".r*")), "it was not killed while it wrote"
    check_survival(city)


@pytest.mark.faults
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_at_any_moment_leaves_a_valid_release_and_the_next_succeeds(
    published_city: City, undisturbed_seconds: float, tmp_path: Path, moment: float
) -> None:
    city = copy_of(published_city, tmp_path)
    deadline = time.monotonic() + undisturbed_seconds * moment
    kill_when(city, lambda: time.monotonic() >= deadline)
    check_survival(city)
