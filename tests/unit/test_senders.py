"""`senders.yaml`: what may stand in it, what is said of what may not, and that credentials are never shown."""

import datetime as dt

import pytest

from orchestration.senders import SendersError, load_senders
from orchestration.settings import credentials, load_settings
from sources.contract import load_contracts

CONTRACTS = load_contracts()
# As a person may choose it: every character with a meaning in a URL.
PASSWORD = "p@ss:w/rd?%#"
ENTRY = {
    "feed": "ledger_projects",
    "sender": "领导小组办公室",
    "url": "postgresql+psycopg://reader:${LEDGER_PASSWORD}@db.city:5432/ledger",
    "query": "select * from projects where month = :period",
}


@pytest.fixture
def load(tmp_path):
    def loaded(text=None, environment=None, **changed):
        path = tmp_path / "senders.yaml"
        if text is None:
            lines = (f"{name}: {value!r}" for name, value in {**ENTRY, **changed}.items() if value is not None)
            text = "senders:\n  - " + "\n    ".join(lines)
        path.write_text(text, encoding="utf-8")
        return load_senders(path, CONTRACTS, {"LEDGER_PASSWORD": PASSWORD} if environment is None else environment)

    return loaded


def test_without_a_file_there_is_no_sender_unless_a_setting_names_it(tmp_path):
    assert load_senders(tmp_path / "senders.yaml", CONTRACTS, {}) == ()
    with pytest.raises(SendersError, match="STM_SENDERS"):
        load_senders(tmp_path / "senders.yaml", CONTRACTS, {}, is_named=True)


def test_the_file_stands_in_the_data_directory_or_where_a_setting_says(tmp_path, monkeypatch):
    monkeypatch.setenv("STM_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("STM_SENDERS", raising=False)
    assert (load_settings().senders_path, load_settings().is_senders_named) == (tmp_path / "senders.yaml", False)
    monkeypatch.setenv("STM_SENDERS", "/etc/stm/senders.yaml")
    assert (str(load_settings().senders_path), load_settings().is_senders_named) == ("/etc/stm/senders.yaml", True)


def test_credentials_are_put_in_as_they_are_and_shown_nowhere(load):
    [sender] = load()
    assert sender.connection_url.password == PASSWORD
    assert (sender.connection_url.username, sender.connection_url.port) == ("reader", 5432)
    assert sender.url == ENTRY["url"]
    assert PASSWORD not in repr(sender) + str(sender.connection_url)
    assert sender.masked(f"no login with {PASSWORD} here") == "no login with *** here"


def test_credentials_come_from_the_environment_before_the_file_of_settings(tmp_path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text("LEDGER_PASSWORD=file\nOther_Name=kept\n", encoding="utf-8")
    monkeypatch.delenv("LEDGER_PASSWORD", raising=False)
    assert credentials(path)["LEDGER_PASSWORD"] == "file"
    assert credentials(path)["Other_Name"] == "kept"
    monkeypatch.setenv("LEDGER_PASSWORD", "process")
    assert credentials(path)["LEDGER_PASSWORD"] == "process"


def test_any_part_of_the_url_can_come_from_the_environment(load):
    url = "postgresql+psycopg://${WHO}:${SECRET}@${WHERE}/${WHAT}?sslpassword=${SECRET}"
    [sender] = load(url=url, environment={"WHO": "r", "SECRET": PASSWORD, "WHERE": "db.city", "WHAT": "ledger"})
    assert sender.connection_url.render_as_string(hide_password=True).startswith("postgresql+psycopg://r:***@db.city/")
    assert sender.connection_url.query == {"sslpassword": PASSWORD}


def test_a_query_gets_the_parameters_that_it_uses(load):
    [sender] = load(query="select * from t where day between :month_start and :month_end and note <> '\\:period' ; ")
    assert sender.query.endswith("'\\:period'")
    assert sender.parameters("2024-02") == {"month_start": dt.date(2024, 2, 1), "month_end": dt.date(2024, 2, 29)}
    assert sender.parameters("2023-12")["month_end"] == dt.date(2023, 12, 31)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"feed": "ledger_nothing"}, "senders.0.feed"),
        ({"sender": "a/b"}, "senders.0.sender"),
        ({"sender": ".hidden"}, "senders.0.sender"),
        ({"sender": None}, "senders.0.sender"),
        ({"colour": "red"}, "senders.0.colour"),
        ({"first_period": "2024-13"}, "senders.0.first_period"),
        ({"url": "ledger"}, "SQLAlchemy"),
        ({"url": "postgresql+psycopg://h:port/db"}, "SQLAlchemy"),
        ({"url": "oracle+nothing://h/db"}, "oracle+nothing"),
        ({"url": "mysql://h/db"}, "mysql+pymysql"),
        ({"url": "postgresql+psycopg://u:${STM_SECRET}@h/db"}, "STM_"),
        ({"url": "postgresql+psycopg://u:${UNSET}@h/db"}, "UNSET"),
        ({"query": "select * from t"}, ":period"),
        ({"query": "select * from t where m = :month"}, "month"),
    ],
)
def test_what_cannot_be_used_is_named(load, changed, said):
    with pytest.raises(SendersError) as raised:
        load(**changed)
    for message in (raised.value.message_zh, raised.value.message_en):
        assert said in message
        assert "senders.yaml" in message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://reader:geheim@h/db",
        "postgresql+psycopg://reader:x${LEDGER_PASSWORD}geheim@h/db",
        "postgresql+psycopg://h/db?user=reader&password=geheim",
        "mssql+pyodbc:///?odbc_connect=Driver=x;Server=h;UID=reader;PWD=geheim",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(load, url):
    with pytest.raises(SendersError, match=r"\$\{NAME\}") as raised:
        load(url=url)
    assert "geheim" not in raised.value.message_zh + raised.value.message_en


@pytest.mark.parametrize(
    "text", ["", "senders: {", "senders:\n  - feed: [geheim\n", "- a", "senders: 3", "\x00\x01", "a: \t- b"]
)
def test_no_file_of_another_form_gives_more_than_a_sentence(load, text):
    with pytest.raises(SendersError) as raised:
        load(text)
    assert "geheim" not in raised.value.message_zh + raised.value.message_en


def test_two_queries_for_one_feed_need_two_names(load, tmp_path):
    entry = "  - {feed: ledger_funds, sender: 财政局, url: 'sqlite:///a.db', query: 'select :period'}\n"
    with pytest.raises(SendersError, match="ledger_funds／财政局"):
        load("senders:\n" + entry * 2)
    assert len(load("senders:\n" + entry + entry.replace("财政局", "金融办"))) == 2
