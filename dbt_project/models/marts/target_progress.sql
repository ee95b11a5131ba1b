-- grain: one row per month of the target's year and target
{%- set year_end_of_target = "cast(concat(cast(targets.year as " ~ dbt.type_string() ~ "), '-12-31') as date)" %}

with targets as (

    select
        target_id,
        cast(year as integer) as year,
        town_code,
        indicator_code,
        plan_clause,
        target_name,
        unit,
        cast(target_value as decimal(18, 4)) as target_value,
        measure,
        direction,
        scope_note,
        responsible_unit
    from {{ ref('target_list') }}

),

target_parts as (

    select
        target_id,
        read_town_code,
        indicator_code,
        breakdown
    from {{ ref('int_target_parts') }}

),

periods as (

    select
        period,
        year,
        month,
        month_end_on
    from {{ ref('int_periods') }}

),

indicator_months as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        value,
        value_ytd,
        value_ytd_prior,
        yoy_pct
    from {{ ref('indicator_monthly') }}

),

-- The tasks that targets name, with the time limit of that month's ledger.
task_deadlines as (

    select
        target_parts.target_id,
        tasks.period,
        max(tasks.due_on) as due_on
    from target_parts
    inner join {{ ref('int_ledger_tasks') }} as tasks
        on
            target_parts.indicator_code = 'tasks_done'
            and target_parts.breakdown = tasks.task_id
    group by target_parts.target_id, tasks.period

),

limits as (

    select
        cast({{ threshold('light_green_points') }} as decimal(9, 4)) as green_points,
        cast({{ threshold('light_yellow_points') }} as decimal(9, 4)) as yellow_points,
        cast({{ threshold('light_yellow_share_pct') }} as decimal(9, 4)) as yellow_share_pct,
        cast(100 * {{ threshold('projection_low_factor') }} as integer) as low_factor_pct,
        cast(100 * {{ threshold('projection_high_factor') }} as integer) as high_factor_pct,
        cast({{ threshold('projection_years') }} as integer) as projection_years

),

-- Figures of all months held, the parts of a breakdown added; a growth needs one in every part.
figures as (

    select
        target_parts.target_id,
        periods.period,
        periods.year,
        periods.month,
        cast(sum(indicator_months.value) as decimal(18, 4)) as value,
        cast(sum(indicator_months.value_ytd) as decimal(18, 4)) as value_ytd,
        cast(sum(indicator_months.value_ytd_prior) as decimal(18, 4)) as value_ytd_prior,
        count(indicator_months.yoy_pct) = count(*) as has_growth
    from target_parts
    inner join indicator_months
        on
            target_parts.read_town_code = indicator_months.town_code
            and target_parts.indicator_code = indicator_months.indicator_code
            and target_parts.breakdown = indicator_months.breakdown
    inner join periods
        on indicator_months.period = periods.period
    group by target_parts.target_id, periods.period, periods.year, periods.month

),

-- Actual and target of each month. `orientation` turns a ceiling into a floor: times it, more is
-- better for every target. It is wide because a product of narrow decimals overflows.
target_months as (

    select
        targets.target_id,
        targets.year,
        targets.target_value,
        targets.measure,
        targets.direction,
        cast(case when targets.direction = 'at_most' then -1 else 1 end as decimal(19, 0))
            as orientation,
        -- A target is of its year, also where its task has more time.
        least(
            coalesce(task_deadlines.due_on, {{ year_end_of_target }}), {{ year_end_of_target }}
        ) as deadline_on,
        periods.period,
        periods.month,
        periods.month_end_on,
        figures.value,
        figures.value_ytd,
        figures.value_ytd_prior,
        case
            when targets.measure = 'value' then figures.value
            when targets.measure = 'value_ytd' then figures.value_ytd
            when targets.measure = 'yoy_pct' and figures.has_growth
                then {{ growth_pct('figures.value_ytd', 'figures.value_ytd_prior') }}
        end as actual_value
    from targets
    inner join periods
        on targets.year = periods.year
    left join figures
        on
            targets.target_id = figures.target_id
            and periods.period = figures.period
    left join task_deadlines
        on
            targets.target_id = task_deadlines.target_id
            and periods.period = task_deadlines.period

),

-- Before anything is rounded: a growth is compared as 100 × (now - before) against target × before,
-- progress in twelfths of a per cent.
compared as (

    select
        target_months.target_id,
        target_months.period,
        case
            when target_months.measure = 'yoy_pct'
                then
                    100 * target_months.orientation
                    * (target_months.value_ytd - target_months.value_ytd_prior)
                    >= target_months.orientation * target_months.target_value
                    * target_months.value_ytd_prior
            else
                target_months.orientation * target_months.actual_value
                >= target_months.orientation * target_months.target_value
        end as is_met,
        case
            when target_months.measure = 'value_ytd'
                then
                    1200 * target_months.orientation * target_months.actual_value
                    >= target_months.orientation * target_months.target_value * (
                        100 * target_months.month
                        - 12 * target_months.orientation * limits.green_points
                    )
            else false
        end as is_on_time,
        case
            when target_months.measure = 'value_ytd'
                then
                    1200 * target_months.orientation * target_months.actual_value
                    >= target_months.orientation * target_months.target_value * (
                        100 * target_months.month
                        - 12 * target_months.orientation * limits.yellow_points
                    )
            when target_months.measure = 'yoy_pct'
                then
                    10000 * target_months.orientation
                    * (target_months.value_ytd - target_months.value_ytd_prior)
                    >= target_months.value_ytd_prior * (
                        100 * target_months.orientation * target_months.target_value
                        - (100 - limits.yellow_share_pct) * abs(target_months.target_value)
                    )
            else
                100 * target_months.orientation * target_months.actual_value
                >= 100 * target_months.orientation * target_months.target_value
                - (100 - limits.yellow_share_pct) * abs(target_months.target_value)
        end as is_near
    from target_months
    cross join limits

),

lights as (

    select
        target_months.target_id,
        target_months.period,
        case
            when target_months.actual_value is null then 'grey'
            when target_months.direction = 'done' and compared.is_met then 'green'
            when target_months.direction = 'done'
                then
                    case
                        when target_months.month_end_on < target_months.deadline_on then 'yellow'
                        else 'red'
                    end
            when target_months.month = 12
                then case when compared.is_met then 'green' else 'red' end
            -- a ceiling of the year that is broken stays broken, whatever the month
            when
                target_months.direction = 'at_most'
                and target_months.measure = 'value_ytd'
                and not compared.is_met
                then 'red'
            when compared.is_on_time then 'green'
            when
                compared.is_met
                and (
                    target_months.direction = 'at_least' or target_months.measure <> 'value_ytd'
                )
                then 'green'
            when compared.is_near then 'yellow'
            else 'red'
        end as light
    from target_months
    inner join compared
        on
            target_months.target_id = compared.target_id
            and target_months.period = compared.period

),

year_ends as (

    select
        target_id,
        year,
        value_ytd
    from figures
    where month = 12

),

-- How earlier years went on from the same months: the whole year, and the part come by then.
earlier_courses as (

    select
        target_months.target_id,
        target_months.period,
        figures.value_ytd as part_flow,
        year_ends.value_ytd as whole_flow
    from target_months
    inner join figures
        on
            target_months.target_id = figures.target_id
            and target_months.month = figures.month
            and target_months.year > figures.year
    inner join year_ends
        on
            figures.target_id = year_ends.target_id
            and figures.year = year_ends.year
    where figures.value_ytd > 0 and year_ends.value_ytd > 0

),

-- The year with the largest share of these months, and the one with the smallest.
seen_courses as (

    select
        target_id,
        period,
        count(*) as years,
        max_by(part_flow, part_flow / whole_flow) as large_part,
        max_by(whole_flow, part_flow / whole_flow) as large_whole,
        min_by(part_flow, part_flow / whole_flow) as small_part,
        min_by(whole_flow, part_flow / whole_flow) as small_whole
    from earlier_courses
    group by target_id, period

),

-- A flow at the year's end is value_ytd × whole / part: last year's, or 12 months / months gone.
flows as (

    select
        target_months.target_id,
        target_months.period,
        cast(target_months.value_ytd as decimal(38, 4)) as value_ytd,
        last_year.value_ytd as last_total,
        cast(
            case
                when target_months.month = 12 then 12
                when target_months.value_ytd_prior > 0 and last_year.value_ytd > 0
                    then last_year.value_ytd
                else 12
            end as decimal(38, 4)
        ) as whole_flow,
        cast(
            case
                when target_months.month = 12 then 12
                when target_months.value_ytd_prior > 0 and last_year.value_ytd > 0
                    then target_months.value_ytd_prior
                else target_months.month
            end as decimal(38, 4)
        ) as part_flow
    from target_months
    left join year_ends as last_year
        on
            target_months.target_id = last_year.target_id
            and target_months.year - 1 = last_year.year
    where
        target_months.measure in ('value_ytd', 'yoy_pct')
        and target_months.direction <> 'done'
        and target_months.actual_value is not null

),

-- The factors apply to what is still to come; where that is less than nothing, they change places.
factors as (

    select
        flows.target_id,
        flows.period,
        case
            when flows.value_ytd * flows.whole_flow < flows.value_ytd * flows.part_flow
                then limits.high_factor_pct
            else limits.low_factor_pct
        end as low_pct,
        case
            when flows.value_ytd * flows.whole_flow < flows.value_ytd * flows.part_flow
                then limits.low_factor_pct
            else limits.high_factor_pct
        end as high_pct
    from flows
    cross join limits

),

-- Point, low and high as quotients: they are compared, and turned into growth, before any rounding.
flow_courses as (

    select
        flows.target_id,
        flows.period,
        flows.last_total,
        flows.value_ytd * flows.whole_flow as point_dividend,
        flows.part_flow as point_divisor,
        case
            when seen_courses.years >= limits.projection_years
                then flows.value_ytd * seen_courses.large_whole
            else
                flows.value_ytd * (
                    (100 - factors.low_pct) * flows.part_flow + factors.low_pct * flows.whole_flow
                )
        end as low_dividend,
        case
            when seen_courses.years >= limits.projection_years then seen_courses.large_part
            else 100 * flows.part_flow
        end as low_divisor,
        case
            when seen_courses.years >= limits.projection_years
                then flows.value_ytd * seen_courses.small_whole
            else
                flows.value_ytd * (
                    (100 - factors.high_pct) * flows.part_flow + factors.high_pct * flows.whole_flow
                )
        end as high_dividend,
        case
            when seen_courses.years >= limits.projection_years then seen_courses.small_part
            else 100 * flows.part_flow
        end as high_divisor
    from flows
    cross join limits
    inner join factors
        on
            flows.target_id = factors.target_id
            and flows.period = factors.period
    left join seen_courses
        on
            flows.target_id = seen_courses.target_id
            and flows.period = seen_courses.period

),

-- Where the line of a level begins: December of last year, or the first month known after it.
first_levels as (

    select
        targets.target_id,
        case when figures.year = targets.year then figures.month else 0 end as month,
        figures.value
    from targets
    inner join figures
        on
            targets.target_id = figures.target_id
            and (
                targets.year = figures.year
                or (targets.year - 1 = figures.year and figures.month = 12)
            )
    where figures.value is not null
    qualify row_number() over (partition by targets.target_id order by figures.period) = 1

),

-- value + (value - first) × months left / months since the first, as a quotient too.
level_courses as (

    select
        target_months.target_id,
        target_months.period,
        case
            when target_months.month = 12 then target_months.value
            else
                target_months.value * (target_months.month - first_levels.month)
                + (target_months.value - first_levels.value) * (12 - target_months.month)
        end as dividend,
        case
            when target_months.month = 12 then 1
            when target_months.month > first_levels.month
                then target_months.month - first_levels.month
        end as divisor
    from target_months
    inner join first_levels
        on target_months.target_id = first_levels.target_id
    where
        target_months.measure = 'value'
        and target_months.direction <> 'done'

),

-- `asked` is what the target asks of the year's end, times 100: of a growth, last year's flow grown
-- by it.
projections as (

    select
        target_months.target_id,
        target_months.period,
        target_months.measure,
        target_months.direction,
        target_months.orientation,
        flow_courses.last_total,
        coalesce(level_courses.dividend, flow_courses.point_dividend) as point_dividend,
        coalesce(level_courses.divisor, flow_courses.point_divisor) as point_divisor,
        coalesce(level_courses.dividend, flow_courses.low_dividend) as low_dividend,
        coalesce(level_courses.divisor, flow_courses.low_divisor) as low_divisor,
        coalesce(level_courses.dividend, flow_courses.high_dividend) as high_dividend,
        coalesce(level_courses.divisor, flow_courses.high_divisor) as high_divisor,
        case
            when target_months.measure = 'yoy_pct'
                then
                    cast(100 + target_months.target_value as decimal(38, 4))
                    * flow_courses.last_total
            else cast(100 * target_months.target_value as decimal(38, 4))
        end as asked
    from target_months
    left join flow_courses
        on
            target_months.target_id = flow_courses.target_id
            and target_months.period = flow_courses.period
    left join level_courses
        on
            target_months.target_id = level_courses.target_id
            and target_months.period = level_courses.period

),

outlooks as (

    select
        target_id,
        period,
        {% for end, column in [
            ('point', 'projected_year_end'), ('low', 'projection_low'), ('high', 'projection_high'),
        ] -%}
        case
            when measure = 'yoy_pct'
                then {{ round_ratio(
                    end ~ '_dividend - ' ~ end ~ '_divisor * last_total',
                    'case when last_total > 0 then ' ~ end ~ '_divisor * last_total end',
                    100, 2, 8
                ) }}
            else {{ round_ratio(end ~ '_dividend', end ~ '_divisor', 1, 4, 8) }}
        end as {{ column }},
        {% endfor -%}
        case
            when
                -- the end of the interval that is worse for the target
                (
                    direction <> 'at_most'
                    and 100 * orientation * low_dividend >= orientation * asked * low_divisor
                )
                or (
                    direction = 'at_most'
                    and 100 * orientation * high_dividend >= orientation * asked * high_divisor
                )
                then 'on_course'
            when 100 * orientation * point_dividend >= orientation * asked * point_divisor
                then 'at_risk'
            else 'off_course'
        end as outlook
    from projections

),

gaps as (

    select
        target_id,
        period,
        case
            when orientation * (target_value - actual_value) < 0 then 0
            else orientation * (target_value - actual_value)
        end as gap_value,
        {{ round_ratio('actual_value', 'target_value', 100, 2) }} as progress_pct
    from target_months

),

final as (

    select
        target_months.period,
        target_months.target_id,
        targets.town_code,
        targets.indicator_code,
        targets.plan_clause,
        targets.target_name,
        targets.unit,
        targets.target_value,
        targets.direction,
        target_months.actual_value,
        cast(
            case when gaps.progress_pct < 0 then 0 else gaps.progress_pct end as decimal(18, 4)
        ) as progress_pct,
        {{ round_ratio('target_months.month', '12', 100, 2) }} as time_progress_pct,
        cast(gaps.gap_value as decimal(18, 4)) as gap_value,
        case
            when targets.measure = 'value_ytd' and targets.direction <> 'at_most'
                then {{ round_ratio('gaps.gap_value', '(12 - target_months.month)', 1, 4) }}
        end as required_per_month,
        outlooks.projected_year_end,
        outlooks.projection_low,
        outlooks.projection_high,
        lights.light,
        case
            when targets.direction = 'done' and lights.light = 'green' then 'on_course'
            when targets.direction = 'done' and lights.light = 'red' then 'off_course'
            when outlooks.projected_year_end is not null then outlooks.outlook
        end as outlook,
        targets.scope_note,
        targets.responsible_unit,
        cast(null as {{ dbt.type_string() }}) as release_id
    from target_months
    inner join targets
        on target_months.target_id = targets.target_id
    inner join lights
        on
            target_months.target_id = lights.target_id
            and target_months.period = lights.period
    inner join outlooks
        on
            target_months.target_id = outlooks.target_id
            and target_months.period = outlooks.period
    inner join gaps
        on
            target_months.target_id = gaps.target_id
            and target_months.period = gaps.period

)

select * from final
