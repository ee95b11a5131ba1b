-- grain: one row per period and task of that month's ledger
with tasks as (

    select
        period,
        task_id,
        plan_clause,
        task_name,
        lead_unit,
        due_on,
        status,
        completed_on,
        is_done
    from {{ ref('int_ledger_tasks') }}

),

periods as (

    select
        period,
        month_end_on
    from {{ ref('int_periods') }}

),

-- The first indicator that watches the clause. A count of tasks says nothing beside a task, so it comes last.
clause_indicators as (

    select
        links.clause,
        links.linked_code as indicator_code
    from {{ ref('int_clause_links') }} as links
    inner join {{ ref('indicator_list') }} as indicators
        on links.linked_code = indicators.indicator_code
    where links.kind = 'indicator'
    qualify
        row_number() over (
            partition by links.clause
            order by
                case when indicators.source_feed = 'ledger_tasks' then 1 else 0 end,
                links.link_order
        ) = 1

),

-- From January on: of a stock or a rate that is the figure of the month.
city_figures as (

    select
        period,
        indicator_code,
        value_ytd
    from {{ ref('indicator_monthly') }}
    where town_code = 'all' and breakdown = 'all'

),

final as (

    select
        tasks.period,
        tasks.task_id,
        tasks.plan_clause,
        tasks.task_name,
        tasks.lead_unit,
        tasks.due_on,
        tasks.status,
        tasks.completed_on,
        tasks.due_on <= periods.month_end_on and not tasks.is_done as is_overdue,
        clause_indicators.indicator_code as linked_indicator_code,
        city_figures.value_ytd as linked_value,
        cast(null as {{ dbt.type_string() }}) as release_id
    from tasks
    inner join periods
        on tasks.period = periods.period
    left join clause_indicators
        on tasks.plan_clause = clause_indicators.clause
    left join city_figures
        on
            tasks.period = city_figures.period
            and clause_indicators.indicator_code = city_figures.indicator_code

)

select * from final
