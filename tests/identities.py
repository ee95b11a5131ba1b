"""What must hold between published figures in every month, whatever the deliveries: each identity as a query.

A query gives one row per comparison: where (text) and whether it holds. It runs on a release, and on the warehouse
behind it for the rows of the register and of the returns. Each has a change of one figure that breaks it: an identity
that nothing can break says nothing. The list for people is docs/identities.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

# Flows and stocks that are sums over rows of one town each. Rates and prices are no sums; entities can belong to two
# towns; issues may name no town; tasks name none.
ADDITIVE = (
    "gross_output_value", "operating_revenue", "total_profit", "tax_paid", "export_value", "rd_expense",
    "electricity_use", "online_retail_sales", "employees", "output_quantity", "sales_quantity",
    "reporting_enterprises", "above_scale_enterprises", "new_above_scale_enterprises", "projects", "projects_started",
    "projects_finished", "projects_in_production", "projects_at_capacity", "investment_total", "investment_planned",
    "investment_completed", "projects_alerted", "capacity_completed", "honours_held", "honours_new",
    "platforms_operating", "events_held", "event_deal_value", "funds_allocated", "funds_paid", "loans_granted",
)  # fmt: skip
_ADDITIVE = ", ".join(f"'{code}'" for code in ADDITIVE)
_ITEMS = (
    "gross_output_value", "operating_revenue", "total_profit", "tax_paid", "export_value", "rd_expense",
    "electricity_use", "online_retail_sales",
)  # fmt: skip
# The parts of a target are looked for in its own town and in the whole city: they are no division of the whole.
_SOUGHT = "('projects_finished', 'projects_in_production', 'projects_at_capacity')"
# Tasks have no town.
_TASKS_OF_CITY = "(select *, 'all' as town_code from task_board)"


@dataclass(frozen=True)
class Identity:
    """`name` stands in docs/identities.md; `broken_by` is a change to the copy of a published table."""

    name: str
    query: str
    broken_by: str


def _wrong(table: str, column: str, where: str) -> str:
    """One figure of the latest month that has such a one, wrong by one."""
    return (
        f"update {table} set {column} = {column} + 1 where rowid = "
        f"(select max(rowid) from {table} where {column} is not null and {where})"
    )


def _parts(indicator: str, parts: str) -> str:
    """The parts of an indicator add up to its `all`, in value and value_ytd."""
    return f"""
        select
            concat_ws(' ', period, town_code) as place,
            coalesce(sum(value) filter (where breakdown <> 'all'), 0)
            is not distinct from max(value) filter (where breakdown = 'all')
            and coalesce(sum(value_ytd) filter (where breakdown <> 'all'), 0)
            is not distinct from max(value_ytd) filter (where breakdown = 'all') as holds
        from indicator_monthly
        where indicator_code = '{indicator}' and (breakdown = 'all' or {parts})
        group by period, town_code
        having max(value_status) filter (where breakdown = 'all') not in ('missing', 'not_due')
    """


def _same(figure: str, indicator: str, column: str = "value", of: str = "all") -> str:
    """A figure counted in another table (columns period, town_code, figure) is that of the indicator."""
    return f"""
        with other as ({figure})
        select
            concat_ws(' ', indicators.period, indicators.town_code) as place,
            coalesce(other.figure, 0) is not distinct from indicators.{column} as holds
        from indicator_monthly as indicators
        left join other on indicators.period = other.period and indicators.town_code = other.town_code
        where indicators.indicator_code = '{indicator}' and indicators.breakdown = '{of}'
            and indicators.value_status not in ('missing', 'not_due')
    """


def _of_board(board: str, figure: str) -> str:
    """A figure of a board for each town and for `all`."""
    return f"""
        select period, 'all' as town_code, {figure} as figure from {board} group by period
        union all
        select period, town_code, {figure} as figure from {board} where town_code <> 'all'
        group by period, town_code
    """


def _rate(rate: str, part: str, whole: str) -> str:
    """100 × part / whole, rounded to two places, halves away from zero: compared as products."""
    return f"""
        select
            concat_ws(' ', rates.period, rates.town_code) as place,
            case
                when coalesce(wholes.value, 0) = 0 then rates.value is null
                else abs(cast(rates.value as decimal(38, 8)) * wholes.value - 100 * parts.{part[1]})
                    <= 0.005 * abs(wholes.value)
            end as holds
        from indicator_monthly as rates
        inner join indicator_monthly as parts
            on rates.period = parts.period and rates.town_code = parts.town_code
            and parts.indicator_code = '{part[0]}' and parts.breakdown = 'all'
        inner join indicator_monthly as wholes
            on rates.period = wholes.period and rates.town_code = wholes.town_code
            and wholes.indicator_code = '{whole}' and wholes.breakdown = 'all'
        where rates.indicator_code = '{rate}' and rates.breakdown = 'all'
            and rates.value_status not in ('missing', 'not_due')
    """


def _growth(growth: str, now: str, before: str) -> str:
    """growth = 100 × (now / before − 1) to two places, compared as products, wherever it is given."""
    return f"""
        select
            concat_ws(' ', period, town_code, indicator_code, breakdown) as place,
            {before} > 0
            and abs(cast({growth} as decimal(38, 8)) * {before} - 100 * ({now} - {before})) <= 0.005 * {before}
                as holds
        from indicator_monthly
        where {growth} is not null
    """


# Of each month and town, and of `all`: the entities of the core segment, once each.
_CORE = """
    core as (
        select distinct entities.period, places.town_code, entities.credit_code, entities.entity_type
        from int_entity_segments as entities
        inner join (select town_code from towns union select 'all') as places
            on places.town_code in (entities.town_code, 'all')
        where entities.chain_segment = 'core' and entities.is_active
    )
"""

IDENTITIES = (
    Identity(
        "towns-sum-to-city",
        f"""
        with towns_added as (
            select
                period, indicator_code, breakdown,
                sum(value) as value, sum(value_ytd) as value_ytd, sum(value_ytd_prior) as value_ytd_prior,
                bool_and(value_ytd is not null) as has_every_prior
            from indicator_monthly where town_code <> 'all'
            group by period, indicator_code, breakdown
        )
        select
            concat_ws(' ', city.period, city.indicator_code, city.breakdown) as place,
            -- A part that a target names for the whole city stands there at 0, and in no town.
            coalesce(city.value, case when city.breakdown <> 'all' then 0 end)
            is not distinct from coalesce(towns_added.value, case when city.breakdown <> 'all' then 0 end)
            and coalesce(city.value_ytd, case when city.breakdown <> 'all' then 0 end)
            is not distinct from coalesce(towns_added.value_ytd, case when city.breakdown <> 'all' then 0 end)
            -- A town whose year has no figure yet gives no prior either; the city's prior holds it all the same.
            and (
                city.breakdown <> 'all' or not towns_added.has_every_prior
                or city.value_ytd_prior is not distinct from towns_added.value_ytd_prior
            ) as holds
        from indicator_monthly as city
        left join towns_added using (period, indicator_code, breakdown)
        where city.town_code = 'all' and city.indicator_code in ({_ADDITIVE})
            and (city.breakdown = 'all' or city.indicator_code not in {_SOUGHT})
        """,
        _wrong("indicator_monthly", "value_ytd", "indicator_code = 'tax_paid' and town_code = 'all'"),
    ),
    Identity(
        "city-counts-an-entity-once",
        """
        with memberships as (
            select period, credit_code, count(*) - 1 as beyond_the_first
            from int_entity_segments where chain_segment = 'core' and is_active
            group by period, credit_code
        ),
        counted_twice as (select period, sum(beyond_the_first) as times from memberships group by period)
        select
            figures.period as place,
            sum(figures.value) filter (where figures.town_code <> 'all') - max(counted_twice.times)
            is not distinct from max(figures.value) filter (where figures.town_code = 'all') as holds
        from indicator_monthly as figures
        inner join counted_twice on figures.period = counted_twice.period
        where figures.indicator_code = 'active_entities' and figures.breakdown = 'all'
        group by figures.period
        """,
        _wrong("indicator_monthly", "value", "indicator_code = 'active_entities' and breakdown = 'all'"),
    ),
    Identity(
        "stages-sum-to-projects", _parts("projects", "true"),
        _wrong("indicator_monthly", "value", "indicator_code = 'projects' and breakdown <> 'all'"),
    ),
    Identity(
        "entity-types-sum-to-active", _parts("active_entities", "true"),
        _wrong("indicator_monthly", "value", "indicator_code = 'active_entities' and breakdown = 'all'"),
    ),
    Identity(
        "honour-types-sum-to-held", _parts("honours_held", "not contains(breakdown, '（')"),
        _wrong("indicator_monthly", "value", "indicator_code = 'honours_held' and breakdown = 'all'"),
    ),
    Identity(
        "honour-levels-sum-to-type",
        """
        with named as (
            select
                *, string_split(breakdown, '（')[1] as honour_type, contains(breakdown, '（') as is_of_level
            from indicator_monthly
            where indicator_code = 'honours_held' and breakdown <> 'all'
        )
        select
            concat_ws(' ', period, town_code, honour_type) as place,
            sum(value) filter (where is_of_level)
            is not distinct from sum(value) filter (where not is_of_level) as holds
        from named group by period, town_code, honour_type
        -- What a target names alone, of no type that is held, is 0.
        having bool_or(not is_of_level) or sum(value) > 0
        """,
        _wrong("indicator_monthly", "value", "indicator_code = 'honours_held' and contains(breakdown, '（')"),
    ),
    Identity(
        "platform-types-sum", _parts("platforms_operating", "true"),
        _wrong("indicator_monthly", "value", "indicator_code = 'platforms_operating' and breakdown = 'all'"),
    ),
    Identity(
        "event-types-sum", _parts("events_held", "true"),
        _wrong("indicator_monthly", "value", "indicator_code = 'events_held' and breakdown = 'all'"),
    ),
    Identity(
        "fund-types-sum", f"{_parts('funds_allocated', 'true')} union all {_parts('loans_granted', 'true')}",
        _wrong("indicator_monthly", "value_ytd", "indicator_code = 'loans_granted' and breakdown = 'all'"),
    ),
    Identity(
        "tasks-sum", _parts("tasks_done", "true"),
        _wrong("indicator_monthly", "value", "indicator_code = 'tasks_done' and breakdown = 'all'"),
    ),
    Identity(
        "active-carries-over",
        f"""
        with {_CORE},
        months as (
            select period, lag(period) over (order by period) as period_before
            from (select distinct period from int_entity_segments)
        ),
        moves as (
            select
                months.period, places.town_code,
                count(*) filter (where before.credit_code is null) as came,
                count(*) filter (where now.credit_code is null) as gone
            from months
            cross join (select distinct town_code from core) as places
            cross join (select distinct credit_code from core) as entities
            left join core as now
                on months.period = now.period and places.town_code = now.town_code
                and entities.credit_code = now.credit_code
            left join core as before
                on months.period_before = before.period and places.town_code = before.town_code
                and entities.credit_code = before.credit_code
            where months.period_before is not null and (now.credit_code is null) <> (before.credit_code is null)
            group by months.period, places.town_code
        )
        select
            concat_ws(' ', now.period, now.town_code) as place,
            now.value is not distinct from before.value + coalesce(moves.came, 0) - coalesce(moves.gone, 0) as holds
        from indicator_monthly as now
        inner join months on now.period = months.period
        inner join indicator_monthly as before
            on months.period_before = before.period and now.town_code = before.town_code
            and now.indicator_code = before.indicator_code and now.breakdown = before.breakdown
        left join moves on now.period = moves.period and now.town_code = moves.town_code
        where now.indicator_code = 'active_entities' and now.breakdown = 'all'
        """,
        _wrong("indicator_monthly", "value", "indicator_code = 'active_entities' and breakdown = 'all'"),
    ),
    Identity(
        "net-is-new-less-cancelled",
        """
        select
            concat_ws(' ', period, town_code) as place,
            max(value) filter (where indicator_code = 'net_new_entities')
            is not distinct from max(value) filter (where indicator_code = 'new_entities')
                - max(value) filter (where indicator_code = 'cancelled_entities')
            and max(value_ytd) filter (where indicator_code = 'net_new_entities')
            is not distinct from max(value_ytd) filter (where indicator_code = 'new_entities')
                - max(value_ytd) filter (where indicator_code = 'cancelled_entities') as holds
        from indicator_monthly
        where indicator_code in ('net_new_entities', 'new_entities', 'cancelled_entities')
        group by period, town_code
        """,
        _wrong("indicator_monthly", "value_ytd", "indicator_code = 'net_new_entities'"),
    ),
    Identity(
        "core-of-dynamics-is-the-indicator",
        " union all ".join(
            f"""
            select
                concat_ws(' ', figures.period, figures.town_code, figures.indicator_code) as place,
                dynamics.figure is not distinct from figures.{column} as holds
            from indicator_monthly as figures
            left join (
                select period, town_code, sum({counted}) as figure
                from entity_dynamics where chain_segment = 'core' group by period, town_code
            ) as dynamics using (period, town_code)
            where figures.indicator_code = '{indicator}' and figures.breakdown = 'all'
                and figures.value_status not in ('missing', 'not_due')
            """
            for counted, indicator, column in (
                ("active", "active_entities", "value"),
                ("new_month", "new_entities", "value"),
                ("new_ytd", "new_entities", "value_ytd"),
                ("cancelled_month", "cancelled_entities", "value"),
                ("cancelled_ytd", "cancelled_entities", "value_ytd"),
                ("net_new_ytd", "net_new_entities", "value_ytd"),
            )
        ),
        _wrong("entity_dynamics", "cancelled_ytd", "chain_segment = 'core'"),
    ),
    Identity(
        "structure-counts-the-segments",
        """
        select
            concat_ws(' ', structure.period, structure.town_code) as place,
            sum(dynamics.active) is not distinct from max(
                case dynamics.chain_segment
                    when 'upstream' then structure.upstream_count
                    when 'core' then structure.core_count
                    when 'downstream' then structure.downstream_count
                    when 'service' then structure.service_count
                end
            ) as holds
        from industry_structure as structure
        inner join entity_dynamics as dynamics
            on structure.period = dynamics.period and structure.town_code = dynamics.town_code
        group by structure.period, structure.town_code, dynamics.chain_segment
        """,
        _wrong("industry_structure", "upstream_count", "true"),
    ),
    Identity(
        "returns-run-up",
        # A figure of the year to date is February's and the later months', over units used in every month of it.
        " union all ".join(
            f"""
            select
                concat_ws(' ', latest.period, latest.town_code, '{item}') as place,
                sum(latest.{item}_ytd) is not distinct from sum(run.figure) as holds
            from int_statistics_enterprise as latest
            inner join (
                select
                    now.period, now.credit_code, count(*) as returns,
                    sum(
                        case when substr(earlier.period, 6) = '02' then earlier.{item}_ytd else earlier.{item}_month end
                    ) as figure
                from int_statistics_enterprise as now
                inner join int_statistics_enterprise as earlier
                    on now.credit_code = earlier.credit_code and now.period >= earlier.period
                    and substr(now.period, 1, 4) = substr(earlier.period, 1, 4)
                group by now.period, now.credit_code
            ) as run on latest.period = run.period and latest.credit_code = run.credit_code
            where run.returns = cast(substr(latest.period, 6) as integer) - 1
            group by latest.period, latest.town_code
            """
            for item in _ITEMS
        ),
        _wrong("int_statistics_enterprise", "operating_revenue_month", "period like '%-05'"),
    ),
    Identity(
        "february-and-the-months-make-the-year",
        # The same in published figures, of the towns whose units are used in every month of the year so far.
        f"""
        with units as (
            select period, town_code, credit_code from int_statistics_enterprise
            union all
            select period, 'all', credit_code from int_statistics_enterprise
        ),
        steady as (
            select months.period, months.town_code
            from (select distinct period, town_code from units) as months
            inner join units
                on months.town_code = units.town_code and months.period >= units.period
                and substr(months.period, 1, 4) = substr(units.period, 1, 4)
            group by months.period, months.town_code
            having count(*) = count(distinct units.credit_code) * (cast(substr(months.period, 6) as integer) - 1)
        )
        select
            concat_ws(' ', now.period, now.town_code, now.indicator_code) as place,
            now.value_ytd is not distinct from sum(
                case when substr(earlier.period, 6) = '02' then earlier.value_ytd else earlier.value end
            ) as holds
        from indicator_monthly as now
        inner join steady on now.period = steady.period and now.town_code = steady.town_code
        inner join indicator_monthly as earlier
            on now.town_code = earlier.town_code and now.indicator_code = earlier.indicator_code
            and now.breakdown = earlier.breakdown and now.period >= earlier.period
            and substr(now.period, 1, 4) = substr(earlier.period, 1, 4)
        where now.indicator_code in ({", ".join(f"'{item}'" for item in _ITEMS)})
        group by now.period, now.town_code, now.indicator_code, now.value_ytd
        having count(distinct earlier.period) > 2
        """,
        _wrong("indicator_monthly", "value", "indicator_code = 'rd_expense' and period like '%-03'"),
    ),
    Identity(
        "stocks-and-rates-have-one-figure",
        """
        select
            concat_ws(' ', period, town_code, indicator_code, breakdown) as place,
            value is not distinct from value_ytd as holds
        from indicator_monthly inner join indicator_catalogue using (indicator_code)
        where nature <> 'flow'
        """,
        _wrong("indicator_monthly", "value", "indicator_code = 'employees'"),
    ),
    Identity(
        "completion-is-completed-of-planned",
        _rate("investment_completion_rate", ("investment_completed", "value_ytd"), "investment_planned"),
        _wrong("indicator_monthly", "value", "indicator_code = 'investment_completion_rate'"),
    ),
    Identity(
        "growth-on-year", _growth("yoy_pct", "value_ytd", "value_ytd_prior"),
        _wrong("indicator_monthly", "yoy_pct", "true"),
    ),
    Identity(
        "growth-on-month",
        """
        select
            concat_ws(' ', now.period, now.town_code, now.indicator_code, now.breakdown) as place,
            before.value > 0
            and abs(cast(now.mom_pct as decimal(38, 8)) * before.value - 100 * (now.value - before.value))
                <= 0.005 * before.value as holds
        from indicator_monthly as now
        inner join indicator_monthly as before
            on before.period = strftime(cast(now.period || '-01' as date) - interval 1 month, '%Y-%m')
            and now.town_code = before.town_code and now.indicator_code = before.indicator_code
            and now.breakdown = before.breakdown
        where now.mom_pct is not null
        """,
        _wrong("indicator_monthly", "mom_pct", "true"),
    ),
    Identity(
        "board-of-projects-counts-the-projects",
        " union all ".join(
            f"({_same(_of_board('project_progress', figure), indicator)})"
            for figure, indicator in (
                ("count(*)", "projects"),
                ("count(*) filter (where alert <> 'none')", "projects_alerted"),
                ("sum(total_investment)", "investment_total"),
                ("sum(completed_investment_month)", "investment_completed"),
            )
        ),
        _wrong("project_progress", "total_investment", "true"),
    ),
    Identity(
        "board-of-issues-counts-the-issues",
        " union all ".join(
            f"({_same(_of_board('issue_board', figure), indicator)})"
            for figure, indicator in (
                ("count(*) filter (where raised_on <= last_day(cast(period || '-01' as date)) "
                 "and coalesce(closed_on > last_day(cast(period || '-01' as date)), true))", "issues_open"),
                ("count(*) filter (where is_overdue)", "issues_overdue"),
                ("count(*) filter (where substr(cast(raised_on as varchar), 1, 7) = period)", "issues_raised"),
                ("count(*) filter (where substr(cast(closed_on as varchar), 1, 7) = period)", "issues_closed"),
            )
        ),
        "update issue_board set is_overdue = not is_overdue where rowid = (select max(rowid) from issue_board)",
    ),
    Identity(
        "open-issues-carry-over",
        # Raised less closed, but for the issues that the ledger of only one of the two months holds.
        """
        with issues as (
            select
                now.period, coalesce(now.town_code, '-') as town_code,
                count(*) filter (where now.raised_on <= now.end_on and coalesce(now.closed_on > now.end_on, true))
                    as open_now,
                count(*) filter (
                    where before.raised_on <= before.end_on and coalesce(before.closed_on > before.end_on, true)
                ) as open_before,
                count(*) filter (where now.raised_on > before.end_on) as raised,
                count(*) filter (where now.closed_on > before.end_on) as closed
            from (select *, last_day(cast(period || '-01' as date)) as end_on from issue_board) as now
            inner join (select *, last_day(cast(period || '-01' as date)) as end_on from issue_board) as before
                on now.issue_id = before.issue_id
                and before.period = strftime(cast(now.period || '-01' as date) - interval 1 month, '%Y-%m')
            group by now.period, now.town_code
        )
        select concat_ws(' ', period, town_code) as place, open_now = open_before + raised - closed as holds
        from issues
        """,
        "update issue_board set closed_on = null where rowid = (select max(rowid) from issue_board "
        "where substr(cast(closed_on as varchar), 1, 7) < period)",
    ),
    Identity(
        "board-of-tasks-counts-the-tasks",
        " union all ".join(
            f"({_same(_of_board(_TASKS_OF_CITY, figure), indicator)})"
            for figure, indicator in (
                ("count(*) filter (where is_overdue)", "tasks_overdue"),
                ("count(*) filter (where due_on <= last_day(cast(period || '-01' as date)))", "tasks_due"),
            )
        ),
        "update task_board set is_overdue = not is_overdue where rowid = (select max(rowid) from task_board)",
    ),
    Identity(
        "scorecard-repeats-the-indicators",
        " union all ".join(
            f"({_same(f'select period, town_code, {column} as figure from town_scorecard', indicator, measure)} "
            "and indicators.town_code <> 'all')"
            for column, indicator, measure in (
                ("output_ytd", "gross_output_value", "value_ytd"),
                ("revenue_ytd", "operating_revenue", "value_ytd"),
                ("active_entities", "active_entities", "value"),
                ("projects", "projects", "value"),
                ("honours_held", "honours_held", "value"),
            )
        ),
        _wrong("town_scorecard", "output_ytd", "true"),
    ),
    Identity(
        "target-reads-its-indicator",
        """
        with parts as (
            select targets.target_id, targets.measure, unnest(string_split(targets.breakdown, '|')) as breakdown
            from targets
        )
        select
            concat_ws(' ', progress.period, progress.target_id) as place,
            progress.actual_value is not distinct from sum(
                case parts.measure when 'value' then figures.value when 'value_ytd' then figures.value_ytd end
            ) as holds
        from target_progress as progress
        inner join parts on progress.target_id = parts.target_id and parts.measure <> 'yoy_pct'
        left join indicator_monthly as figures
            on progress.period = figures.period and progress.indicator_code = figures.indicator_code
            and parts.breakdown = figures.breakdown
            and figures.town_code
            = case when progress.indicator_code like 'tasks%' then 'all' else progress.town_code end
        group by progress.period, progress.target_id, progress.actual_value
        """,
        _wrong("target_progress", "actual_value", "target_id = 'T04'"),
    ),
    Identity(
        "rows-read-are-accounted-for",
        """
        select
            concat_ws(' ', period, feed) as place,
            rows_read = rows_used + rows_quarantined + rows_superseded + rows_not_data as holds
        from data_reliability where rows_read is not null
        """,
        _wrong("data_reliability", "rows_used", "rows_read is not null"),
    ),
    Identity(
        "rates-of-reliability-are-those-of-the-return",
        " union all ".join(
            f"""
            select
                concat_ws(' ', period, '{indicator}') as place,
                figures.value is not distinct from reliability.{column} as holds
            from data_reliability as reliability
            inner join indicator_monthly as figures using (period)
            where reliability.feed = 'statistics_enterprise' and figures.town_code = 'all'
                and figures.indicator_code = '{indicator}'
            """
            for column, indicator in (
                ("coverage_pct", "coverage_rate"),
                ("on_time_pct", "on_time_rate"),
                ("first_pass_pct", "first_pass_rate"),
            )
        ),
        _wrong("data_reliability", "coverage_pct", "feed = 'statistics_enterprise'"),
    ),
    Identity(
        "concentration-is-the-indicator",
        """
        select
            concat_ws(' ', structure.period, structure.town_code, figures.indicator_code) as place,
            figures.value
            is not distinct from case figures.indicator_code when 'cr4' then structure.cr4_pct else structure.hhi end
                as holds
        from industry_structure as structure
        inner join indicator_monthly as figures using (period, town_code)
        where figures.indicator_code in ('cr4', 'hhi')
        """,
        _wrong("industry_structure", "hhi", "true"),
    ),
)  # fmt: skip


class Copies:
    """Copies, in memory, of the tables that identities read. `files`: DuckDB files; a table is taken from the first
    that has it."""

    def __init__(self, files: Iterable[Path]) -> None:
        words = {word for identity in IDENTITIES for word in re.findall(r"\w+", identity.query)}
        self._connection = duckdb.connect()
        self._connection.execute("create schema copies")
        for number, path in enumerate(files):
            self._connection.execute(f"attach '{path.resolve()}' as file_{number} (read_only)")
            names = self._connection.execute(
                "select table_name from information_schema.tables "
                f"where table_catalog = 'file_{number}' and table_schema = 'main'"
            ).fetchall()
            for (name,) in names:
                if name in words:
                    self._connection.execute(
                        f"create table if not exists copies.{name} as from file_{number}.main.{name}"
                    )
            self._connection.execute(f"detach file_{number}")
        self._connection.execute("set search_path = 'memory.copies'")

    def places(self, identity: Identity) -> list[tuple[str, bool]]:
        """Where an identity was looked at, and whether it holds there; unknown is no."""
        return [(place, holds is True) for place, holds in self._connection.execute(identity.query).fetchall()]

    def places_when_broken(self, identity: Identity) -> list[tuple[str, bool]]:
        """The same with one figure made wrong, which is then forgotten."""
        self._connection.execute("begin")
        try:
            [(changed,)] = self._connection.execute(identity.broken_by).fetchall()
            assert changed == 1, f"nothing that {identity.name} reads was changed"
            return self.places(identity)
        finally:
            self._connection.execute("rollback")
