-- grain: one row per month of the target's year and target
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

limits as (

    select
        cast({{ threshold('light_green_points') }} as decimal(9, 4)) as green_points,
        cast({{ threshold('light_yellow_points') }} as decimal(9, 4)) as yellow_points,
        cast({{ threshold('light_yellow_share_pct') }} as decimal(9, 4)) as yellow_share_pct,
        cast({{ threshold('projection_low_factor') }} as decimal(9, 4)) as low_factor,
        cast({{ threshold('projection_high_factor') }} as decimal(9, 4)) as high_factor,
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
        cast(concat(cast(targets.year as {{ dbt.type_string() }}), '-12-31') as date)
            as deadline_on,
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
                then case
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

-- The year as each earlier year would have it go on: value_ytd / the share of these months in it.
earlier_courses as (

    select
        target_months.target_id,
        target_months.period,
        {{ round_ratio(
            'cast(target_months.value_ytd as decimal(38, 4)) * year_ends.value_ytd',
            'figures.value_ytd',
            1, 4, 8
        ) }} as flow
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

seen_courses as (

    select
        target_id,
        period,
        count(*) as years,
        min(flow) as flow_low,
        max(flow) as flow_high
    from earlier_courses
    group by target_id, period

),

flows as (

    select
        target_months.target_id,
        target_months.period,
        target_months.value_ytd,
        last_year.value_ytd as last_total,
        case
            when target_months.month = 12 then target_months.value_ytd
            when target_months.value_ytd_prior > 0 and last_year.value_ytd > 0
                then {{ round_ratio(
                    'cast(target_months.value_ytd as decimal(38, 4)) * last_year.value_ytd',
                    'target_months.value_ytd_prior',
                    1, 4, 8
                ) }}
            else {{ round_ratio('12 * target_months.value_ytd', 'target_months.month', 1, 4) }}
        end as flow
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

-- Where less is still to come than has come back, the factors change places.
flow_intervals as (

    select
        flows.target_id,
        flows.period,
        flows.last_total,
        flows.flow,
        case
            when seen_courses.years >= limits.projection_years then seen_courses.flow_low
            else {{ round_ratio(
                'flows.value_ytd + cast(flows.flow - flows.value_ytd as decimal(38, 4)) * case'
                ~ ' when flows.flow < flows.value_ytd then limits.high_factor'
                ~ ' else limits.low_factor end',
                '1', 1, 4, 8
            ) }}
        end as flow_low,
        case
            when seen_courses.years >= limits.projection_years then seen_courses.flow_high
            else {{ round_ratio(
                'flows.value_ytd + cast(flows.flow - flows.value_ytd as decimal(38, 4)) * case'
                ~ ' when flows.flow < flows.value_ytd then limits.low_factor'
                ~ ' else limits.high_factor end',
                '1', 1, 4, 8
            ) }}
        end as flow_high
    from flows
    cross join limits
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

levels as (

    select
        target_months.target_id,
        target_months.period,
        case
            when target_months.month = 12 then target_months.value
            when target_months.month > first_levels.month
                then {{ round_ratio(
                    'target_months.value * (target_months.month - first_levels.month)'
                    ~ ' + (target_months.value - first_levels.value) * (12 - target_months.month)',
                    'target_months.month - first_levels.month',
                    1, 4
                ) }}
        end as level
    from target_months
    inner join first_levels
        on target_months.target_id = first_levels.target_id
    where
        target_months.measure = 'value'
        and target_months.direction <> 'done'

),

-- Level or flow at the year's end. `careful` is the end of the interval that is worse for the target;
-- `asked` is what the target asks of it, times 100: of a growth, last year's flow grown by it.
projections as (

    select
        target_months.target_id,
        target_months.period,
        target_months.measure,
        target_months.orientation,
        flow_intervals.last_total,
        coalesce(levels.level, flow_intervals.flow) as point,
        coalesce(levels.level, flow_intervals.flow_low) as low,
        coalesce(levels.level, flow_intervals.flow_high) as high,
        case
            when target_months.direction = 'at_most'
                then coalesce(levels.level, flow_intervals.flow_high)
            else coalesce(levels.level, flow_intervals.flow_low)
        end as careful,
        case
            when target_months.measure = 'yoy_pct'
                then
                    cast(100 + target_months.target_value as decimal(38, 4))
                    * flow_intervals.last_total
            else cast(100 * target_months.target_value as decimal(38, 4))
        end as asked
    from target_months
    left join flow_intervals
        on
            target_months.target_id = flow_intervals.target_id
            and target_months.period = flow_intervals.period
    left join levels
        on
            target_months.target_id = levels.target_id
            and target_months.period = levels.period

),

outlooks as (

    select
        target_id,
        period,
        case
            when measure = 'yoy_pct' then {{ growth_pct('point', 'last_total') }}
            else point
        end as projected_year_end,
        case
            when measure = 'yoy_pct' then {{ growth_pct('low', 'last_total') }}
            else low
        end as projection_low,
        case
            when measure = 'yoy_pct' then {{ growth_pct('high', 'last_total') }}
            else high
        end as projection_high,
        case
            when 100 * orientation * careful >= orientation * asked then 'on_course'
            when 100 * orientation * point >= orientation * asked then 'at_risk'
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
