-- grain: one row per month with a return, place, indicator and breakdown
{%- set items = statistics_enterprise_items() %}

with months as (

    select
        feed_months.period,
        places.town_code,
        periods.year,
        periods.is_joint_return
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    cross join {{ ref('int_places') }} as places
    where feed_months.feed = 'statistics_enterprise' and feed_months.is_delivered

),

returns as (

    select *
    from {{ ref('int_statistics_enterprise') }}

),

-- Above scale now, and not in the last return before this year (without one: in this year's first).
scale_history as (

    select
        now.period,
        now.credit_code,
        coalesce(
            max_by(coalesce(other.is_above_scale, false), other.period)
                filter (where substr(other.period, 1, 4) < substr(now.period, 1, 4)),
            min_by(coalesce(other.is_above_scale, false), other.period)
                filter (where substr(other.period, 1, 4) = substr(now.period, 1, 4))
        ) as was_above_scale,
        min(other.period)
            filter (where other.is_above_scale and substr(other.period, 1, 4) = substr(now.period, 1, 4))
            as first_above_period
    from returns as now
    inner join returns as other on now.credit_code = other.credit_code and now.period >= other.period
    where now.is_above_scale
    group by now.period, now.credit_code

),

-- Every return twice: for its town and for the whole city.
placed as (

    select
        months.period,
        months.town_code,
        months.is_joint_return,
        returns.credit_code,
        coalesce(returns.is_above_scale, false) as is_above_scale,
        scale_history.credit_code is not null and not scale_history.was_above_scale as is_new_above_scale_ytd,
        scale_history.credit_code is not null
        and not scale_history.was_above_scale
        and scale_history.first_above_period = returns.period as is_new_above_scale_month,
        {%- for column in statistics_enterprise_columns() %}
        returns.{{ column }},
        {%- endfor %}
        rank() over (
            partition by months.period, months.town_code
            order by returns.gross_output_value_ytd desc, returns.credit_code
        ) as output_rank,
        returns._warnings,
        returns._revised
    from months
    left join returns
        on
            months.period = returns.period
            and (months.town_code = returns.town_code or months.town_code = 'all')
    left join scale_history
        on returns.period = scale_history.period and returns.credit_code = scale_history.credit_code

),

{%- for item in items %}

{{ item }}_figures as (

    select
        period,
        town_code,
        '{{ item }}' as indicator_code,
        case when not is_joint_return then sum({{ item }}_month) end as value,
        sum({{ item }}_ytd) as value_ytd,
        sum({{ item }}_ytd_prior) as value_ytd_prior,
        true as has_given_prior,
        sum({{ item }}_ytd) filter (where {{ item }}_ytd_prior is null) as prior_gap_ytd,
        count({{ item }}_ytd) as contributors,
        {{ joined_parts('_warnings') }} as flags,
        coalesce(bool_or({{ is_revised_in('_revised', [
            item ~ '_month', item ~ '_ytd', item ~ '_ytd_prior', 'town_code',
        ]) }}), false) as is_revised
    from placed
    group by period, town_code, is_joint_return

),
{%- endfor %}

{#- stock: (value, columns whose revision revises it) -#}
{%- set stocks = {
    'employees': ('sum(employees)', 'count(employees)', ['employees', 'town_code']),
    'reporting_enterprises': ('count(credit_code)', 'count(credit_code)', ['town_code']),
    'above_scale_enterprises': (
        'count(credit_code) filter (where is_above_scale)', 'count(credit_code)', ['is_above_scale', 'town_code']
    ),
    'cr4': (
        round_ratio(
            'sum(gross_output_value_ytd) filter (where output_rank <= 4)', 'sum(gross_output_value_ytd)', 100
        ),
        'count(gross_output_value_ytd)', ['gross_output_value_ytd', 'town_code']
    ),
    'hhi': (
        round_ratio(
            'sum(cast(gross_output_value_ytd as decimal(19, 4)) * cast(gross_output_value_ytd as decimal(19, 4)))',
            'cast(sum(gross_output_value_ytd) as decimal(19, 4)) * cast(sum(gross_output_value_ytd) as decimal(19, 4))',
            10000, in_places=8
        ),
        'count(gross_output_value_ytd)', ['gross_output_value_ytd', 'town_code']
    ),
} %}

{%- for indicator, (value, contributors, revisable) in stocks.items() %}

{{ indicator }}_figures as (

    select
        period,
        town_code,
        '{{ indicator }}' as indicator_code,
        {{ value }} as value,
        {{ value }} as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        {{ contributors }} as contributors,
        {{ joined_parts('_warnings') }} as flags,
        coalesce(bool_or({{ is_revised_in('_revised', revisable) }}), false) as is_revised
    from placed
    group by period, town_code

),
{%- endfor %}

new_above_scale_enterprises_figures as (

    select
        period,
        town_code,
        'new_above_scale_enterprises' as indicator_code,
        case when not is_joint_return then count(credit_code) filter (where is_new_above_scale_month) end
            as value,
        count(credit_code) filter (where is_new_above_scale_ytd) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        count(credit_code) as contributors,
        {{ joined_parts('_warnings') }} as flags,
        coalesce(bool_or({{ is_revised_in('_revised', ['is_above_scale', 'town_code']) }}), false) as is_revised
    from placed
    group by period, town_code, is_joint_return

),

figures as (

    {%- for indicator in items + stocks.keys() | list + ['new_above_scale_enterprises'] %}
    select
        period,
        town_code,
        indicator_code,
        value,
        value_ytd,
        value_ytd_prior,
        has_given_prior,
        prior_gap_ytd,
        contributors,
        flags,
        is_revised
    from {{ indicator }}_figures
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        figures.period,
        figures.town_code,
        figures.indicator_code,
        'all' as breakdown,
        indicators.unit,
        cast(figures.value as decimal(18, 4)) as value,
        cast(figures.value_ytd as decimal(18, 4)) as value_ytd,
        cast(figures.value_ytd_prior as decimal(18, 4)) as value_ytd_prior,
        figures.has_given_prior,
        cast(figures.prior_gap_ytd as decimal(18, 4)) as prior_gap_ytd,
        cast(figures.contributors as integer) as contributors,
        figures.flags,
        figures.is_revised
    from figures
    inner join {{ ref('indicator_list') }} as indicators on figures.indicator_code = indicators.indicator_code

)

select * from final
