-- grain: one row per month of the plan's year and clause of the plan
with clauses as (

    select
        clause,
        part,
        title,
        asks,
        deadline,
        watched_by
    from {{ ref('plan_clauses') }}

),

links as (

    select
        clause,
        kind,
        linked_code,
        link_order
    from {{ ref('int_clause_links') }}

),

-- The plan's years are those of its targets.
plan_years as (

    select distinct cast(year as integer) as year
    from {{ ref('target_list') }}

),

periods as (

    select calendar.period
    from {{ ref('int_periods') }} as calendar
    inner join plan_years
        on calendar.year = plan_years.year

),

indicators as (

    select
        indicator_code,
        name_zh,
        nature,
        source_feed = 'statistics_product' or unit = 'the project''s unit' as has_parts_alone
    from {{ ref('indicator_list') }}

),

city_figures as (

    select
        period,
        indicator_code,
        breakdown,
        unit,
        value_ytd,
        value_status
    from {{ ref('indicator_monthly') }}
    where town_code = 'all'

),

-- Each watching indicator in words: the whole, or of a quantity, which has none, every part. From January on: of a
-- stock or a rate that is the figure of the month.
told_figures as (

    select
        periods.period,
        links.clause,
        concat(
            lpad(cast(links.link_order as {{ dbt.type_string() }}), 3, '0'), city_figures.breakdown
        ) as place,
        concat(
            indicators.name_zh,
            case
                when city_figures.breakdown <> 'all' then concat('（', city_figures.breakdown, '）')
                else ''
            end,
            case
                when city_figures.value_status = 'not_due' then '（本月不报）'
                when city_figures.value_ytd is null then '-'
                else concat(
                    case when indicators.nature = 'flow' then '本年累计' else '' end,
                    {{ replace_all(
                        'cast(city_figures.value_ytd as ' ~ dbt.type_string() ~ ')', '[.]?0+$', ''
                    ) }},
                    case when city_figures.unit in ('ratio', 'index') then '' else city_figures.unit end
                )
            end
        ) as told
    from periods
    cross join links
    inner join indicators
        on links.linked_code = indicators.indicator_code
    left join city_figures
        on
            periods.period = city_figures.period
            and links.linked_code = city_figures.indicator_code
            and (city_figures.breakdown = 'all' or indicators.has_parts_alone)
    where links.kind = 'indicator'

),

figures as (

    select
        period,
        clause,
        {{ joined_in_order('told', 'place', '；') }} as figures
    from told_figures
    group by period, clause

),

lights as (

    select
        target_progress.period,
        links.clause,
        {{ joined_set("concat(target_progress.target_id, ' ', target_progress.light)") }} as target_lights,
        count(case when target_progress.light = 'red' then 1 end) as reds,
        count(case when target_progress.light = 'yellow' then 1 end) as yellows
    from links
    inner join {{ ref('target_progress') }} as target_progress
        on links.linked_code = target_progress.target_id
    where links.kind = 'target'
    group by target_progress.period, links.clause

),

tasks as (

    select
        board.period,
        board.plan_clause,
        count(*) as tasks_total,
        count(case when used_tasks.is_done then 1 end) as tasks_done,
        count(case when board.is_overdue then 1 end) as tasks_overdue
    from {{ ref('task_board') }} as board
    inner join {{ ref('int_ledger_tasks') }} as used_tasks
        on
            board.period = used_tasks.period
            and board.task_id = used_tasks.task_id
    group by board.period, board.plan_clause

),

task_months as (

    select period
    from {{ ref('int_feed_months') }}
    where feed = 'ledger_tasks' and is_delivered

),

final as (

    select
        periods.period,
        clauses.clause,
        clauses.part,
        clauses.title,
        clauses.asks,
        clauses.deadline,
        clauses.watched_by,
        figures.figures,
        lights.target_lights,
        cast(
            case when task_months.period is not null then coalesce(tasks.tasks_done, 0) end as integer
        ) as tasks_done,
        cast(
            case when task_months.period is not null then coalesce(tasks.tasks_total, 0) end as integer
        ) as tasks_total,
        case
            when lights.reds > 0 then 'off_course'
            when lights.yellows > 0 or tasks.tasks_overdue > 0 then 'at_risk'
            when lights.target_lights is not null or tasks.tasks_total > 0 then 'on_course'
            else 'no_figure'
        end as state,
        cast(null as {{ dbt.type_string() }}) as release_id
    from periods
    cross join clauses
    left join figures
        on
            periods.period = figures.period
            and clauses.clause = figures.clause
    left join lights
        on
            periods.period = lights.period
            and clauses.clause = lights.clause
    left join tasks
        on
            periods.period = tasks.period
            and clauses.clause = tasks.plan_clause
    left join task_months
        on periods.period = task_months.period

)

select * from final
