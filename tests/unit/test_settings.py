"""Settings: where a value comes from, what is said about a wrong one, what is kept secret."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.settings import (
    Settings,
    SettingsError,
    dotenv_names,
    load_settings,
    unknown_variables,
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    import os

    for name in [name for name in os.environ if name.startswith("STM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def sources(settings, names=()):
    return {line.variable: line.source for line in settings.describe(names)}


def test_a_fresh_installation_needs_no_setting(tmp_path):
    settings = load_settings()
    assert settings.data_dir == tmp_path / "data"
    assert settings.first_period == "2023-01"
    assert set(sources(settings).values()) == {"default"}
    assert all(line.meaning for line in settings.describe())


def test_the_environment_wins_over_the_file_and_the_source_is_told(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("STM_DATA_DIR=/from/file\nSTM_LOG_LEVEL=DEBUG\n", encoding="utf-8")
    monkeypatch.setenv("STM_DATA_DIR", str(tmp_path / "elsewhere"))
    settings = load_settings()
    assert settings.data_dir == tmp_path / "elsewhere"
    assert settings.log_level == "DEBUG"
    told = sources(settings, dotenv_names())
    assert told["STM_DATA_DIR"] == "environment"
    assert told["STM_LOG_LEVEL"] == ".env"
    assert told["STM_FIRST_PERIOD"] == "default"


def test_an_empty_variable_is_no_value(monkeypatch, tmp_path):
    monkeypatch.setenv("STM_DATA_DIR", "")
    assert load_settings().data_dir == tmp_path / "data"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("STM_FIRST_PERIOD", "2023-13"), ("STM_FIRST_PERIOD", "23-1"), ("STM_LOG_LEVEL", "loud"),
     ("STM_JUDGE_TIMEOUT_S", "0"), ("STM_MIN_FREE_DISK_MB", "many")],
)  # fmt: skip
def test_a_wrong_value_is_named_with_what_was_seen(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    for message in (raised.value.message_zh, raised.value.message_en):
        assert variable in message
        assert value in message


def test_places_are_those_of_the_architecture(monkeypatch, tmp_path):
    monkeypatch.setenv("STM_DATA_DIR", str(tmp_path))
    settings = load_settings()
    places = {
        "senders.yaml": settings.senders_path,
        "landing": settings.landing_dir,
        "raw": settings.raw_dir,
        "warehouse/warehouse.duckdb": settings.warehouse_path,
        "warehouse/intake": settings.intake_dir,
        "warehouse/dbt": settings.dbt_dir,
        "state": settings.state_dir,
        "state/fetched": settings.fetched_dir,
        "state/build.lock": settings.lock_path,
        "state/dagster": settings.dagster_dir,
        "published": settings.published_dir,
    }
    assert {place: path.relative_to(tmp_path).as_posix() for place, path in places.items()} == {
        place: place for place in places
    }


class WithSecret(Settings):
    token: SecretStr = SecretStr("")


def test_a_secret_is_masked(monkeypatch):
    monkeypatch.setenv("STM_TOKEN", "open sesame")
    settings = WithSecret()
    assert settings.token.get_secret_value() == "open sesame"
    assert "sesame" not in str([line.value for line in settings.describe()])


def test_a_slip_in_a_name_is_found(monkeypatch):
    monkeypatch.setenv("STM_DATADIR", "/x")
    monkeypatch.setenv("STM_WAREHOUSE", "/set/for/dbt")
    Path(".env").write_text("STM_LOGLEVEL=INFO\nOTHER=1\n", encoding="utf-8")
    assert unknown_variables() == ["STM_DATADIR", "STM_LOGLEVEL"]
