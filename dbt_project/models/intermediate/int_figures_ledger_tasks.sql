-- grain: one row per period, indicator and breakdown; tasks have no town, so all stand under `all`
{#- An indicator: which tasks it counts, and the columns that decide it. A day of completion after the month's end
    sets its row aside. -#}
{%- set counts = {
    'tasks_due': ('dated.is_due', ['due_on']),
    'tasks_done': ('dated.is_done', ['status', 'completed_on']),
    'tasks_overdue': ('dated.is_due and not dated.is_done', ['due_on', 'status']),
} %}

with ledger_months as (

    select
        feed_months.period,
        periods.month_end_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = 'ledger_tasks' and feed_months.is_delivered

),

tasks as (

    select
        period,
        task_id,
        due_on,
        is_done,
        _warnings as warnings,
        _revised as revised
    from {{ ref('int_ledger_tasks') }}

),

indicators as (

    select
        indicator_code,
        unit
    from {{ ref('indicator_list') }}
    where source_feed = 'ledger_tasks'

),

named_tasks as (

    select distinct breakdown as task_id
    from {{ ref('int_target_parts') }}
    where indicator_code = 'tasks_done' and breakdown <> 'all'

),

dated as (

    select
        tasks.period,
        tasks.task_id,
        tasks.is_done,
        tasks.due_on <= ledger_months.month_end_on as is_due,
        tasks.warnings,
        tasks.revised
    from tasks
    inner join ledger_months on tasks.period = ledger_months.period

),

contributions as (
    {% for indicator_code, (condition, columns) in counts.items() %}
    select
        dated.period,
        '{{ indicator_code }}' as indicator_code,
        'all' as breakdown,
        dated.warnings,
        {{ is_revised_in('dated.revised', columns) }} as is_revised
    from dated
    where {{ condition }}
    union all
    {% endfor %}
    select
        dated.period,
        'tasks_done' as indicator_code,
        dated.task_id as breakdown,
        dated.warnings,
        {{ is_revised_in('dated.revised', counts['tasks_done'][1]) }} as is_revised
    from dated
    where dated.is_done

),

totals as (

    select
        period,
        indicator_code,
        breakdown,
        count(*) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from contributions
    group by period, indicator_code, breakdown

),

-- Figures that stand even at 0, and those that only exist where something contributes.
figures as (

    select
        ledger_months.period,
        indicators.indicator_code,
        'all' as breakdown
    from ledger_months
    cross join indicators
    union distinct
    select
        ledger_months.period,
        'tasks_done' as indicator_code,
        named_tasks.task_id as breakdown
    from ledger_months
    cross join named_tasks
    union distinct
    select
        period,
        indicator_code,
        breakdown
    from totals

),

final as (

    select
        figures.period,
        'all' as town_code,
        figures.indicator_code,
        figures.breakdown,
        indicators.unit,
        cast(coalesce(totals.contributors, 0) as decimal(18, 4)) as value,
        cast(coalesce(totals.contributors, 0) as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.contributors, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    left join totals
        on
            figures.period = totals.period
            and figures.indicator_code = totals.indicator_code
            and figures.breakdown = totals.breakdown

)

select * from final
