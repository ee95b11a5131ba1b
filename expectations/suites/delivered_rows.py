"""What must hold of the delivered rows of every feed: structure and volume.

Belongs here: checks that are the same for each staging table. Does not belong here: what is particular to one
feed (the module of its table), and what is asked of a single row (the rule list).

Staging tables are views that parse every cell anew, and the register has millions of rows. So they are summed up
once, per delivery, and the checks look at the sums. What needs the rows themselves looks at those that are used.
"""

from collections.abc import Mapping, Sequence

from expectations.suites.suite import Check, Expects, no_rows, threshold, with_rows_of, within

ROWS_HELD = "sum(rows_held)"
# Rows that count as delivered: data, and lines that are set aside for their damage; a 合计 is none.
ROWS_DELIVERED = "sum(rows_delivered)"


def profile(feed: str, columns: Mapping[str, str] | None = None) -> str:
    """The query that sums up a feed's staging table, one row per month and delivery: the rows as delivered.

    `columns` are further sums, name to SQL.
    """
    further = "".join(f", {sql} as {name}" for name, sql in (columns or {}).items())
    return f"""
        select
            _period as period,
            _delivery_id as delivery_id,
            count(*) as rows_held,
            count(distinct _row_id) as rows_distinct,
            count(*) filter (where coalesce(_file, '') = '' or _row is null or _row_kind is null)
                as rows_without_place,
            count(*) filter (where _row_kind <> 'total') as rows_delivered
            {further}
        from stg_{feed}
        where _corrections is null
        group by _period, _delivery_id
    """


def structure_checks(prefix: str, feed: str) -> tuple[Check, ...]:
    """What must hold of every feed, as `<prefix>-001` to `-003`: each line is there, once, with its place."""
    applies = with_rows_of(feed)
    return (
        Check(
            check_id=f"{prefix}-001",
            claim="places_are_complete",
            severity="block",
            must_hold_zh="每一行都能追溯到所在的文件和行号",
            must_hold_en="every row says in which file and line it stands",
            applies_to=applies,
            looks_at=ROWS_HELD,
            expects=within("rows_without_place", 0, 0),
        ),
        Check(
            check_id=f"{prefix}-002",
            claim="rows_are_read_once",
            severity="block",
            must_hold_zh="文件中的每一行只读入一次",
            must_hold_en="every line of a file is read once",
            applies_to=applies,
            looks_at=ROWS_HELD,
            expects=Expects("ExpectColumnPairValuesToBeEqual", {"column_A": "rows_held", "column_B": "rows_distinct"}),
        ),
        Check(
            check_id=f"{prefix}-003",
            claim="rows_are_those_counted",
            severity="block",
            must_hold_zh="入库的数据行数与读取文件时清点的行数一致",
            must_hold_en="the rows held of a delivery are as many as were counted when it was read",
            applies_to=applies,
            looks_at=ROWS_DELIVERED,
            expects=no_rows(f"""
                select
                    deliveries.period,
                    deliveries.delivery_id,
                    deliveries.rows_data as rows_counted,
                    judged.rows_delivered as rows_held
                from stg_deliveries as deliveries
                left join judged on deliveries.delivery_id = judged.delivery_id
                where
                    deliveries.feed = '{feed}'
                    and deliveries.status = 'accepted'
                    and deliveries.period in (select period from judged)
                    and coalesce(judged.rows_delivered, 0) is distinct from deliveries.rows_data
            """),
        ),
    )


def volume_is_usual(check_id: str, feed: str) -> Check:
    """A delivery that lost much against the last one is probably an incomplete extract."""
    return Check(
        check_id=check_id,
        claim="volume_is_usual",
        severity="warn",
        must_hold_zh="数据行数没有比上一次报送大幅减少",
        must_hold_en="there are not far fewer rows than in the last delivery",
        applies_to=with_rows_of(feed),
        looks_at=ROWS_DELIVERED,
        expects=no_rows(f"""
            with counted as (
                select period, sum(rows_in_force) as rows_in_force
                from val_row_counts
                where feed = '{feed}'
                group by period
            ),
            compared as (
                select period, rows_in_force, lag(rows_in_force) over (order by period) as rows_before
                from counted
            )
            select period, rows_in_force, rows_before
            from compared
            where
                period in (select period from judged)
                and (rows_before - rows_in_force) * 100 > rows_before * {threshold("volume_drop_pct")}
        """),
    )


def columns_do_not_fall_empty(check_id: str, feed: str, columns: Sequence[str]) -> Check:
    """A column that was filled and is empty throughout was probably renamed by its sender.

    Of optional columns: an empty required one sets its row aside.
    """
    counts = ", ".join(f"count({column}) as {column}" for column in columns)
    before = ", ".join(f"lag({column}) over (order by period) as {column}_before" for column in columns)
    fallen = " union all ".join(
        f"select period, '{column}' as column_name from compared where {column} = 0 and {column}_before > 0"
        for column in columns
    )
    return Check(
        check_id=check_id,
        claim="columns_do_not_fall_empty",
        severity="warn",
        must_hold_zh="上一次报送有数据的列，本月没有整列变空",
        must_hold_en="no column that was filled in the last delivery is empty throughout",
        applies_to=with_rows_of(feed),
        looks_at=ROWS_DELIVERED,
        expects=no_rows(f"""
            with counted as (select period, {counts} from int_{feed} group by period),
            compared as (select *, {before} from counted),
            fallen as ({fallen})
            select period, column_name from fallen where period in (select period from judged)
        """),
    )


def every_town_reports(check_id: str, feed: str) -> Check:
    """A town without any used row has no figures this month."""
    return Check(
        check_id=check_id,
        claim="every_town_reports",
        severity="warn",
        must_hold_zh="每个专业镇都有被采用的数据",
        must_hold_en="every town has used rows",
        applies_to=with_rows_of(feed),
        looks_at=ROWS_DELIVERED,
        expects=no_rows(f"""
            select months.period, town_list.town_code
            from (select distinct period from judged) as months
            cross join town_list
            left join (select distinct period, town_code from int_{feed}) as used
                on months.period = used.period and town_list.town_code = used.town_code
            where used.town_code is null
        """),
    )
