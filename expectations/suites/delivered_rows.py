"""What must hold of the delivered rows of every feed: structure and volume.

Belongs here: checks that are the same for each staging table. Does not belong here: what is particular to one feed (the
module of its table), and what is asked of a single row (the rule list).
"""

from collections.abc import Sequence

from expectations.suites.suite import Check, no_rows, threshold, with_rows_of

DELIVERED = "_row_kind <> 'total'"
"""Rows that count as delivered: data, and lines whose damage is set aside by rule."""


def places_are_complete(check_id: str, feed: str) -> Check:
    """Every row can be found in its file."""
    return Check(
        check_id=check_id,
        claim="places_are_complete",
        severity="block",
        must_hold_zh="每一行都能追溯到所在的文件和行号",
        must_hold_en="every row says in which delivery, file and line it stands",
        applies_to=with_rows_of(feed),
        expects=no_rows(
            "select _period, _delivery_id, _file, _row from judged"
            " where _delivery_id is null or coalesce(_file, '') = '' or _row is null or _row_kind is null"
        ),
    )


def rows_are_read_once(check_id: str, feed: str) -> Check:
    """No line of a file stands twice."""
    return Check(
        check_id=check_id,
        claim="rows_are_read_once",
        severity="block",
        must_hold_zh="文件中的每一行只读入一次",
        must_hold_en="every line of a file is read once",
        applies_to=with_rows_of(feed),
        expects=no_rows(
            "select _period, _row_id, count(*) as times from judged group by _period, _row_id having count(*) > 1"
        ),
    )


def rows_are_those_counted(check_id: str, feed: str) -> Check:
    """What staging holds is what the reader counted."""
    return Check(
        check_id=check_id,
        claim="rows_are_those_counted",
        severity="block",
        must_hold_zh="入库的数据行数与读取文件时清点的行数一致",
        must_hold_en="the rows held of a delivery are as many as were counted when it was read",
        applies_to=with_rows_of(feed),
        looks_at=DELIVERED,
        expects=no_rows(f"""
            select
                deliveries.period,
                deliveries.delivery_id,
                deliveries.rows_data as rows_counted,
                count(judged._row_id) as rows_held
            from stg_deliveries as deliveries
            left join judged
                on deliveries.delivery_id = judged._delivery_id and {DELIVERED}
            where
                deliveries.feed = '{feed}'
                and deliveries.status = 'accepted'
                and deliveries.period in (select _period from judged)
            group by deliveries.period, deliveries.delivery_id, deliveries.rows_data
            having count(judged._row_id) is distinct from deliveries.rows_data
        """),
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
        looks_at=DELIVERED,
        expects=no_rows(f"""
            select period, rows_in_force, rows_before
            from (
                select
                    period,
                    rows_in_force,
                    lag(rows_in_force) over (order by period) as rows_before
                from (
                    select period, sum(rows_in_force) as rows_in_force
                    from val_row_counts
                    where feed = '{feed}'
                    group by period
                )
            )
            where
                period in (select _period from judged)
                and (rows_before - rows_in_force) * 100 > rows_before * {threshold("volume_drop_pct")}
        """),
    )


def columns_do_not_fall_empty(check_id: str, feed: str, columns: Sequence[str]) -> Check:
    """A column that was filled and is empty throughout was probably renamed by its sender."""
    counts = ", ".join(f"count({column}) as {column}" for column in columns)
    before = ", ".join(f"lag({column}) over (order by _period) as {column}_before" for column in columns)
    fallen = " union all ".join(
        f"select _period, '{column}' as column_name from compared where {column} = 0 and {column}_before > 0"
        for column in columns
    )
    return Check(
        check_id=check_id,
        claim="columns_do_not_fall_empty",
        severity="warn",
        must_hold_zh="上一次报送有数据的列，本月没有整列变空",
        must_hold_en="no column that was filled in the last delivery is empty throughout",
        applies_to=with_rows_of(feed),
        looks_at="_row_kind = 'data'",
        expects=no_rows(f"""
            with counted as (
                select _period, {counts} from stg_{feed} where _row_kind = 'data' group by _period
            ),
            compared as (select *, {before} from counted),
            fallen as ({fallen})
            select _period, column_name from fallen where _period in (select _period from judged)
        """),
    )


def every_town_reports(check_id: str, feed: str) -> Check:
    """A town without any row has no figures this month."""
    return Check(
        check_id=check_id,
        claim="every_town_reports",
        severity="warn",
        must_hold_zh="每个专业镇都有数据",
        must_hold_en="every town has rows",
        applies_to=with_rows_of(feed),
        looks_at="_row_kind = 'data'",
        expects=no_rows("""
            select months._period, town_list.town_code
            from (select distinct _period from judged) as months
            cross join town_list
            where not exists (
                select 1 from judged
                where
                    judged._period = months._period
                    and judged.town_code = town_list.town_code
                    and judged._row_kind = 'data'
            )
        """),
    )
