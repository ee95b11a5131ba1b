"""Every setting of the warehouse: its default, where it came from, its meaning; and the places derived from it.

Add a setting here when an installation may reasonably want another value. Thresholds of rules do not belong here (they
are a seed, `thresholds.csv`), nor does anything that describes a feed (contracts). Settings are read once, by
`load_settings`, and passed on; nothing else reads the environment. The three names STM_WAREHOUSE, STM_RAW_DIR and
STM_INTAKE_DIR are no settings: `dbt_runner` sets them for dbt alone.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from orchestration.stops import Misuse

PREFIX = "STM_"
PROJECT_DIR = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
CONTRACTS_DIR = PROJECT_DIR / "sources" / "contracts"
# What `dbt_runner` hands to dbt; a person who sets them changes nothing, so they are not called unknown either.
DBT_VARIABLES = frozenset({"STM_WAREHOUSE", "STM_RAW_DIR", "STM_INTAKE_DIR"})

Period = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class SettingsError(Misuse):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True)
class SettingLine:
    """One setting as `stm doctor` prints it: variable, value as text (secrets masked), source, meaning."""

    variable: str
    value: str
    source: Literal["environment", ".env", "default"]
    meaning: str


class Settings(BaseSettings):
    """The settings, from the environment (prefix STM_), else from `.env`, else the default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
    )

    data_dir: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Field(
        default=Path("data"),
        validate_default=True,
        description="数据目录；来文放在其下的 landing/ (data directory; deliveries arrive in its landing/)",
    )
    first_period: Period = Field(
        default="2023-01",
        description="仓库的第一个报告期 (first reporting period of the warehouse)",
    )
    senders: Path = Field(
        default=Path("senders.yaml"),
        description="以数据库报送的单位及其查询；相对路径从数据目录算起 (databases as senders; relative to the data "
        "directory)",
    )
    judge_timeout_s: int = Field(
        default=600,
        gt=0,
        description="等待检验进程的最长秒数，超过则记为未检验 (seconds to wait for the judging process; "
        "after that its checks count as not evaluated)",
    )
    min_free_disk_mb: int = Field(
        default=1024,
        ge=0,
        description="doctor 要求数据目录至少有的空闲空间，兆字节 (free space that doctor asks for, in MB)",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        description="state/logs 中日志的详细程度 (how much goes into the logs under state/logs)",
    )

    @property
    def landing_dir(self) -> Path:
        """Where the offices put their files; never written by the warehouse."""
        return self.data_dir / "landing"

    @property
    def senders_path(self) -> Path:
        """Which databases are senders; they need not be any, unless a setting names the file."""
        return self.data_dir / self.senders.expanduser()

    @property
    def is_senders_named(self) -> bool:
        """Whether a setting names the file of the senders."""
        return "senders" in self.model_fields_set

    @property
    def raw_dir(self) -> Path:
        """Raw Parquet, one file a delivery."""
        return self.data_dir / "raw"

    @property
    def warehouse_dir(self) -> Path:
        """All that can be rebuilt from raw at any time."""
        return self.data_dir / "warehouse"

    @property
    def warehouse_path(self) -> Path:
        """dbt's DuckDB file."""
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def intake_dir(self) -> Path:
        """What dbt is told about the scope of a run."""
        return self.warehouse_dir / "intake"

    @property
    def dbt_dir(self) -> Path:
        """dbt's target and logs."""
        return self.warehouse_dir / "dbt"

    @property
    def manifest_path(self) -> Path:
        """dbt's manifest of the last build or parse."""
        return self.dbt_dir / "target" / "manifest.json"

    @property
    def state_dir(self) -> Path:
        """What cannot be rebuilt."""
        return self.data_dir / "state"

    @property
    def fetched_dir(self) -> Path:
        """What senders' databases have said, kept like the files of landing: so with personal data."""
        return self.state_dir / "fetched"

    @property
    def lock_path(self) -> Path:
        """The build lock."""
        return self.state_dir / "build.lock"

    @property
    def dagster_dir(self) -> Path:
        """Dagster's home: its instance, its runs, its events."""
        return self.state_dir / "dagster"

    @property
    def log_dir(self) -> Path:
        """One log file a run."""
        return self.state_dir / "logs"

    @property
    def published_dir(self) -> Path:
        """The releases, and `current`."""
        return self.data_dir / "published"

    @property
    def quarantine_dir(self) -> Path:
        """Workbooks for the senders: rows set aside, as sent, so with personal data. Can be made anew."""
        return self.data_dir / "quarantine"

    def describe(self, dotenv_names: Iterable[str] = ()) -> list[SettingLine]:
        """All settings with their sources; `dotenv_names` are the variables that `.env` sets (see `dotenv_names`)."""
        in_dotenv = set(dotenv_names)
        lines = []
        for name, field in type(self).model_fields.items():
            variable = f"{PREFIX}{name.upper()}"
            source: Literal["environment", ".env", "default"] = "default"
            if os.environ.get(variable):
                source = "environment"
            elif variable in in_dotenv:
                source = ".env"
            # str() of a SecretStr is its mask: a secret setting needs no more than that type.
            lines.append(SettingLine(variable, str(getattr(self, name)), source, field.description or ""))
        return lines


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError, naming the variable, what was seen and what is expected."""
    try:
        return Settings()
    except ValidationError as error:
        # The value stands in the message but for secrets, whose text pydantic itself would otherwise repeat.
        problems_zh, problems_en = [], []
        for problem in error.errors(include_url=False):
            name = str(problem["loc"][0])
            variable = f"{PREFIX}{name.upper()}"
            seen = _shown(name, problem["input"])
            problems_zh.append(f"{variable} 现为 {seen}（{problem['msg']}）")
            problems_en.append(f"{variable} is {seen} ({problem['msg']})")
        raise SettingsError(
            f"设置有误：{'；'.join(problems_zh)}。请在环境变量或 .env 中改正，用 stm doctor 核对。",
            f"A setting cannot be used: {'; '.join(problems_en)}. Mend it in the environment or in .env; "
            "stm doctor shows all settings.",
        ) from None


def _shown(name: str, value: object) -> str:
    annotation = str(Settings.model_fields[name].annotation) if name in Settings.model_fields else ""
    return "**********" if "Secret" in annotation else repr(value)


def dotenv_names(path: Path = Path(".env")) -> set[str]:
    """The STM_ variables that a `.env` file sets, in upper case; empty if there is no such file."""
    values = DotEnvSettingsSource(Settings, env_file=path).env_vars
    return {name.upper() for name, value in values.items() if name.upper().startswith(PREFIX) and value}


def credentials(path: Path = Path(".env")) -> dict[str, str]:
    """What a sender's URL may name as `${NAME}`: the variables of the environment, else of a `.env` file."""
    values = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True).env_vars
    return {name: value for name, value in {**values, **os.environ}.items() if value}


def unknown_variables() -> list[str]:
    """STM_ variables of the environment or `.env` that are no settings: most often a slip of the pen."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | DBT_VARIABLES
    seen = {name for name in os.environ if name.startswith(PREFIX)} | dotenv_names()
    return sorted(seen - known)
