"""The stages of reading: from what lies in landing to raw Parquet, by the path that a run takes.

Hashes, receipts and the state store are in our time. The yardsticks do less: DuckDB reads the text that is unpacked
already and knows neither place nor kind of a row; calamine reads the cells and nothing is made of them.
"""

import shutil
import zipfile
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb
from python_calamine import CalamineWorkbook

from orchestration.bench.measuring import BenchStopped, Stage
from orchestration.intake import FeedIntake, read_new
from orchestration.report import Sentence
from orchestration.state import State
from sources.contract import load_contracts
from sources.demo import registration, statistics
from sources.demo.city import read_city
from sources.demo.landing_area import add_receipts
from sources.demo.months import month_of
from sources.demo.scenario import COUNTY_ENTERPRISES, COUNTY_ENTITIES, Delivery, Scenario
from sources.landing import SHANGHAI, scan

_PERIOD = "2024-03"
_NOW = datetime(2024, 4, 10, 9, 0, tzinfo=SHANGHAI)
_UNPACKED = "register.csv"
_ENTERPRISES_OF_A_WORKBOOK = 60


def prepare_register(folder: Path, rows: int, seed: int) -> None:
    """A month's register in GB18030, zipped, in `folder/landing`; and its text unpacked beside."""
    scenario = Scenario(read_city(), (month_of(_PERIOD),), rows, seed)
    landing = folder / "landing"
    written = registration.write(scenario, registration.planned(scenario), lambda delivery: _place(landing, delivery))
    add_receipts(landing, written.rows)
    (packed,) = (delivery for delivery in written.rows if delivery.feed == registration.ENTITIES_FEED)
    with zipfile.ZipFile(landing / packed.path) as archive:
        (member,) = archive.infolist()
        with archive.open(member) as text, (folder / _UNPACKED).open("wb") as unpacked:
            shutil.copyfileobj(text, unpacked)


def read_register(data: Path, empty: Path) -> int:
    """The zipped register to raw Parquet; rows of data."""
    return sum(one.rows_data for one in _take_in(registration.ENTITIES_FEED, data, empty).accepted)


def read_register_by_duckdb(data: Path, empty: Path) -> int:
    """The unpacked register to Parquet of text columns, by DuckDB's own reader; rows.

    BenchStopped without the wheel of the extension that knows GB18030, and when DuckDB fails.
    """
    try:
        extensions = files("duckdb_extension_encodings") / "extensions" / f"v{duckdb.__version__}"
        with duckdb.connect(config={"temp_directory": str(empty)}) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.load_extension(str(extensions / "encodings.duckdb_extension"))
            # DuckDB 1.5.5 tears a character apart where one of its blocks of 32 MB ends (mended later: its pull request
            # 25100), and then refuses the text, or leaves that row out.
            [(rows,)] = connection.execute(
                "copy (from read_csv($text, encoding = 'gb18030', header = true, all_varchar = true,"
                " ignore_errors = true)) to $parquet (format parquet, compression zstd)",
                {"text": str(data / _UNPACKED), "parquet": str(empty / "register.parquet")},
            ).fetchall()
    except ModuleNotFoundError as error:
        raise BenchStopped(
            "标尺需要开发依赖 duckdb-extension-encodings；请先运行 make install",
            "the yardstick needs the development dependency duckdb-extension-encodings: make install",
        ) from error
    except duckdb.Error as error:
        raise BenchStopped(f"标尺 DuckDB 出错：{error}", f"DuckDB, the yardstick, failed: {error}") from error
    return rows


def prepare_workbooks(folder: Path, workbooks: int, seed: int) -> None:
    """So many monthly returns of 60 enterprises each, no two alike, in `folder/landing`."""
    city = read_city()
    entities = COUNTY_ENTITIES * _ENTERPRISES_OF_A_WORKBOOK // COUNTY_ENTERPRISES
    landing = folder / "landing"
    for number in range(workbooks):
        scenario = Scenario(city, (month_of(_PERIOD),), entities, seed + number)
        plan = [
            replace(delivery, file_name=f"重点企业月报_{number:04d}.xlsx")
            for delivery in statistics.planned(scenario)
            if delivery.feed == statistics.ENTERPRISE_FEED
        ]
        written = statistics.write(scenario, plan, lambda delivery: _place(landing, delivery))
        add_receipts(landing, written.rows)


def read_workbooks(data: Path, empty: Path) -> int:
    """The workbooks to a raw Parquet file each; those accepted."""
    return len(_take_in(statistics.ENTERPRISE_FEED, data, empty).accepted)


def read_workbooks_by_calamine(data: Path, empty: Path) -> int:
    """The cells of each sheet as Python values, and no more."""
    paths = sorted((data / "landing").rglob("*.xlsx"))
    for path in paths:
        workbook = CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python()
    return len(paths)


def _place(landing: Path, delivery: Delivery) -> Path:
    path = landing / delivery.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _take_in(feed: str, data: Path, empty: Path) -> FeedIntake:
    """What `stm run` does with new deliveries of a feed."""
    contracts = load_contracts()
    arrivals = scan(data / "landing", contracts).arrivals
    with State(empty / "state") as state:
        state.register(arrivals, _NOW)
        return read_new(
            contracts[feed],
            contracts=contracts,
            arrivals={arrival.delivery_id: arrival for arrival in arrivals},
            state=state,
            through=_PERIOD,
            raw_dir=empty / "raw",
            now=lambda: _NOW,
        )


REGISTER = Stage(
    stage_id="read_register",
    label=Sentence("读取登记库（GB18030，压缩）", "register read (GB18030, zipped)"),
    unit=Sentence("行", "rows"),
    yardstick=Sentence("DuckDB read_csv（已解压）", "DuckDB's read_csv, unpacked"),
    asked=Sentence("速度比不低于 0.5", "ratio of at least 0.5"),
    counts={"county": 300_000, "province": 3_000_000},
    prepare=prepare_register,
    do_ours=read_register,
    do_yardstick=read_register_by_duckdb,
)

WORKBOOKS = Stage(
    stage_id="read_workbooks",
    label=Sentence("读取工作簿（每个 60 户）", "workbooks read (60 rows each)"),
    unit=Sentence("个", "workbooks"),
    yardstick=Sentence("calamine 只取单元格", "calamine, the cells alone"),
    asked=Sentence("每秒 20 个以上", "over 20 a second"),
    counts={"county": 100, "province": 500},
    prepare=prepare_workbooks,
    do_ours=read_workbooks,
    do_yardstick=read_workbooks_by_calamine,
)
