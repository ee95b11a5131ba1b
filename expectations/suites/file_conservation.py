"""What must hold of the reconciliation of raw with used: no row of a file is lost, none is counted twice.

Belongs here: identities between what was read and what became of it. Does not belong here: why a row was set aside.
Identities are null-safe: a number that is not there balances nothing.
"""

from expectations.suites.suite import Check, Suite, no_rows, with_any_rows, with_required_rows

SUITE = Suite(
    table="file_conservation",
    checks=(
        Check(
            check_id="R-GX-CONS-001",
            claim="rows_are_conserved",
            severity="block",
            must_hold_zh="每个文件：读入行数＝采用＋搁置＋被替代＋非数据行",
            must_hold_en="of every file, rows read = used + set aside + superseded + not data",
            applies_to=with_any_rows,
            expects=no_rows("""
                select
                    period, feed, delivery_id, rows_read, rows_used, rows_quarantined, rows_superseded,
                    rows_not_data
                from judged
                where
                    rows_read is null
                    or rows_read is distinct from rows_used + rows_quarantined + rows_superseded + rows_not_data
            """),
        ),
        Check(
            check_id="R-GX-CONS-002",
            claim="no_count_is_negative",
            severity="block",
            must_hold_zh="各类行数都不小于零",
            must_hold_en="no number of rows is below zero",
            applies_to=with_any_rows,
            expects=no_rows("""
                select period, feed, delivery_id, rows_used, rows_quarantined, rows_superseded, rows_not_data
                from judged
                where least(rows_used, rows_quarantined, rows_superseded, rows_not_data) < 0
            """),
        ),
        Check(
            check_id="R-GX-CONS-003",
            claim="every_file_is_accounted_for",
            severity="block",
            must_hold_zh="每个已接收的文件都有一行核对记录",
            must_hold_en="every accepted file is accounted for",
            applies_to=with_any_rows,
            expects=no_rows("""
                select deliveries.period, deliveries.feed, deliveries.delivery_id
                from stg_deliveries as deliveries
                left join judged on deliveries.delivery_id = judged.delivery_id
                where
                    deliveries.status = 'accepted'
                    and deliveries.period in (select period from judged)
                    and judged.delivery_id is null
            """),
        ),
        Check(
            check_id="R-GX-CONS-004",
            claim="required_feeds_are_used",
            severity="block",
            must_hold_zh="每类必报数据都有被采用的行",
            must_hold_en="of every required feed some rows are used",
            applies_to=with_required_rows,
            looks_at="count(*) filter (where feed in (select feed from stg_feeds where is_required))",
            expects=no_rows("""
                select judged.period, judged.feed, sum(judged.rows_read) as rows_read
                from judged
                inner join stg_feeds as feeds on judged.feed = feeds.feed
                where feeds.is_required
                group by judged.period, judged.feed
                having coalesce(sum(judged.rows_used), 0) <= 0
            """),
        ),
    ),
)
