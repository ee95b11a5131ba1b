-- grain: one row per period and project of that month's ledger
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

limits as (

    select
        cast({{ threshold('late_start_days') }} as integer) as late_start_days,
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
            staged.is_under_way
            and staged.completed_investment_month = 0
            and last_month.completed_investment_month = 0,
            false
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
        case
            when conditions.is_stage_regressed then 'stage_regressed'
            when conditions.is_late_finish then 'late_finish'
            when conditions.is_late_start then 'late_start'
            when conditions.is_stalled then 'stalled'
            when conditions.is_behind_plan then 'behind_plan'
            else 'none'
        end as alert
    from staged
    inner join stage_runs
        on
            staged.period = stage_runs.period
            and staged.project_id = stage_runs.project_id
    inner join delays
        on
            staged.period = delays.period
            and staged.project_id = delays.project_id
    inner join conditions
        on
            staged.period = conditions.period
            and staged.project_id = conditions.project_id

)

select * from final
