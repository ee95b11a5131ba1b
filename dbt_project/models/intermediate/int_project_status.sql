-- grain: one row per period and project of that month's ledger
{#- What each alert asks; which of them counts first, and its name, stand in the seed project_alert_rules. -#}
{%- set alerts = ['stage_regressed', 'late_finish', 'late_start', 'stalled', 'behind_plan'] %}

with projects as (

    select
        period,
        project_id,
        stage,
        total_investment,
        planned_investment_year,
        completed_investment_month,
        completed_investment_ytd,
        completed_investment_total,
        planned_start,
        actual_start,
        planned_finish,
        actual_finish
    from {{ ref('int_ledger_projects') }}

),

periods as (

    select
        period,
        year,
        month,
        month_end_on,
        prior_period
    from {{ ref('int_periods') }}

),

stages as (

    select
        stage,
        stage_order,
        is_started,
        is_finished,
        is_in_production,
        is_at_capacity
    from {{ ref('stage_list') }}

),

alert_rules as (

    select
        alert,
        alert_order
    from {{ ref('project_alert_rules') }}

),

limits as (

    select
        cast({{ threshold('late_start_days') }} as integer) as late_start_days,
        cast({{ threshold('stalled_months') }} as integer) as stalled_months,
        cast({{ threshold('behind_plan_points') }} as decimal(9, 4)) as behind_plan_points

),

staged as (

    select
        projects.period,
        projects.project_id,
        projects.stage,
        projects.total_investment,
        projects.planned_investment_year,
        projects.completed_investment_month,
        projects.completed_investment_ytd,
        projects.completed_investment_total,
        projects.planned_start,
        projects.planned_finish,
        projects.actual_finish,
        periods.month,
        periods.month_end_on,
        periods.prior_period,
        stages.stage_order,
        coalesce(stages.is_started, false)
        or coalesce(projects.actual_start <= periods.month_end_on, false) as is_started,
        coalesce(stages.is_started and not stages.is_finished, false) as is_under_way,
        coalesce(stages.is_finished, false) as is_finished,
        coalesce(stages.is_in_production, false) as is_in_production,
        coalesce(stages.is_at_capacity, false) as is_at_capacity,
        -- Months count from January of this year: 1 to 12, 13 and more for a start after it.
        case
            when extract(year from projects.planned_start) < periods.year then 1
            else
                coalesce(
                    (extract(year from projects.planned_start) - periods.year) * 12
                    + extract(month from projects.planned_start),
                    1
                )
        end as first_planned_month
    from projects
    inner join periods
        on projects.period = periods.period
    left join stages
        on projects.stage = stages.stage

),

-- A month without the project breaks no stage: only another stage does.
stage_beginnings as (

    select
        period,
        project_id,
        case
            when (lag(stage) over (partition by project_id order by period) is distinct from stage)
                then period
        end as stage_begins
    from staged

),

stage_runs as (

    select
        period,
        project_id,
        max(stage_begins) over (
            partition by project_id
            order by period
            rows between unbounded preceding and current row
        ) as stage_since
    from stage_beginnings

),

delays as (

    select
        period,
        project_id,
        case
            when is_finished then {{ dbt.datediff('planned_finish', 'actual_finish', 'day') }}
            when is_started then {{ dbt.datediff('planned_finish', 'month_end_on', 'day') }}
            else {{ dbt.datediff('planned_start', 'month_end_on', 'day') }}
        end as days_past_plan
    from staged

),

-- The year's plan runs from January, or from the planned start if that is later, to December.
time_gone as (

    select
        period,
        project_id,
        case
            when month < first_planned_month then 0
            else month - first_planned_month + 1
        end as months_gone,
        case
            when first_planned_month <= 12 then 12 - first_planned_month + 1
        end as months_planned
    from staged

),

-- Months without investment in a row have one distance to their number.
idle_rows as (

    select
        period,
        project_id,
        {{ month_count('period') }} - row_number() over (partition by project_id order by period)
            as run
    from staged
    where completed_investment_month = 0

),

idle_runs as (

    select
        period,
        project_id,
        row_number() over (partition by project_id, run order by period) as idle_months
    from idle_rows

),

-- Each alert as a yes or no of its own; what cannot be evaluated is no alert.
conditions as (

    select
        staged.period,
        staged.project_id,
        coalesce(staged.stage_order < last_month.stage_order, false) as is_stage_regressed,
        coalesce(
            staged.planned_finish < staged.month_end_on and not staged.is_finished, false
        ) as is_late_finish,
        coalesce(
            {{ dbt.datediff('staged.planned_start', 'staged.month_end_on', 'day') }}
            > limits.late_start_days
            and not staged.is_started,
            false
        ) as is_late_start,
        coalesce(
            staged.is_under_way and idle_runs.idle_months >= limits.stalled_months, false
        ) as is_stalled,
        -- completed / planned < months gone / months planned - points / 100, without a division
        coalesce(
            staged.is_started
            and staged.planned_investment_year > 0
            and 100 * cast(staged.completed_investment_ytd as decimal(38, 4))
            * time_gone.months_planned
            < cast(staged.planned_investment_year as decimal(38, 4)) * (
                100 * time_gone.months_gone
                - limits.behind_plan_points * time_gone.months_planned
            ),
            false
        ) as is_behind_plan
    from staged
    cross join limits
    inner join time_gone
        on
            staged.period = time_gone.period
            and staged.project_id = time_gone.project_id
    left join staged as last_month
        on
            staged.prior_period = last_month.period
            and staged.project_id = last_month.project_id
    left join idle_runs
        on
            staged.period = idle_runs.period
            and staged.project_id = idle_runs.project_id

),

-- `none` holds always, and counts last.
raised as (

    {%- for alert in alerts %}
    select
        period,
        project_id,
        '{{ alert }}' as alert
    from conditions
    where is_{{ alert }}
    union all
    {%- endfor %}
    select
        period,
        project_id,
        'none' as alert
    from conditions

),

first_alerts as (

    select
        raised.period,
        raised.project_id,
        raised.alert
    from raised
    inner join alert_rules
        on raised.alert = alert_rules.alert
    qualify
        row_number() over (
            partition by raised.period, raised.project_id order by alert_rules.alert_order
        ) = 1

),

final as (

    select
        staged.period,
        staged.project_id,
        staged.is_started,
        staged.is_finished,
        staged.is_in_production,
        staged.is_at_capacity,
        stage_runs.stage_since,
        {{ round_ratio('staged.completed_investment_total', 'staged.total_investment', 100, 2) }}
            as completion_pct,
        cast(
            case when delays.days_past_plan < 0 then 0 else delays.days_past_plan end as integer
        ) as delay_days,
        first_alerts.alert
    from staged
    inner join stage_runs
        on
            staged.period = stage_runs.period
            and staged.project_id = stage_runs.project_id
    inner join delays
        on
            staged.period = delays.period
            and staged.project_id = delays.project_id
    inner join first_alerts
        on
            staged.period = first_alerts.period
            and staged.project_id = first_alerts.project_id

)

select * from final
