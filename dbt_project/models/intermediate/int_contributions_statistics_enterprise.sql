-- grain: one row per month, place, indicator and return
{%- set items = {
    'enterprises': {'value': '1'},
    'employees': {'value': 'placed.employees', 'columns': ['employees']},
    'above_scale': {
        'value': 'case when placed.is_above_scale then 1 else 0 end', 'columns': ['is_above_scale'],
    },
    'new_above_scale': {
        'value': 'case when placed.is_joint_return then null when placed.is_new_above_scale_month then 1 else 0 end',
        'value_ytd': 'case when placed.is_new_above_scale_ytd then 1 else 0 end',
        'columns': ['is_above_scale'],
    },
    'output': {'value': 'placed.gross_output_value_ytd', 'columns': ['gross_output_value_ytd']},
    'output_of_top_4': {
        'value': 'case when placed.output_rank <= 4 then placed.gross_output_value_ytd '
            ~ 'when placed.gross_output_value_ytd is not null then 0 end',
        'base': 'placed.gross_output_value_ytd', 'columns': ['gross_output_value_ytd'],
    },
} %}
{%- for item in statistics_enterprise_items() %}
{%- do items.update({item: {
    'value': 'case when not placed.is_joint_return then placed.' ~ item ~ '_month end',
    'value_ytd': 'placed.' ~ item ~ '_ytd', 'value_ytd_prior': 'placed.' ~ item ~ '_ytd_prior',
    'columns': [item ~ '_month', item ~ '_ytd', item ~ '_ytd_prior'],
}}) %}
{%- endfor %}

with returns as (

    select *
    from {{ ref('int_statistics_enterprise') }}

),

-- Above scale now, and not in the last return before this year (without one: in this year's first).
scale_history as (

    select
        now.period,
        now.credit_code,
        coalesce(
            max_by(coalesce(other.is_above_scale, false), other.period) filter (
                where substr(other.period, 1, 4) < substr(now.period, 1, 4)
            ),
            min_by(coalesce(other.is_above_scale, false), other.period) filter (
                where substr(other.period, 1, 4) = substr(now.period, 1, 4)
            )
        ) as was_above_scale,
        min(other.period) filter (
            where other.is_above_scale and substr(other.period, 1, 4) = substr(now.period, 1, 4)
        ) as first_above_period
    from returns as now
    inner join returns as other on now.credit_code = other.credit_code and now.period >= other.period
    where now.is_above_scale
    group by now.period, now.credit_code

),

-- Every return twice: for its town and for the whole city.
placed as (

    select
        returns.period,
        places.town_code,
        returns.credit_code as contributor,
        returns._row_id as row_id,
        periods.is_joint_return,
        coalesce(returns.is_above_scale, false) as is_above_scale,
        scale_history.credit_code is not null and not scale_history.was_above_scale as is_new_above_scale_ytd,
        scale_history.credit_code is not null
        and not scale_history.was_above_scale
        and scale_history.first_above_period = returns.period as is_new_above_scale_month,
        {%- for column in statistics_enterprise_columns() %}
        returns.{{ column }},
        {%- endfor %}
        rank() over (
            partition by returns.period, places.town_code
            order by returns.gross_output_value_ytd desc, returns.credit_code asc
        ) as output_rank,
        returns._warnings as warnings,
        returns._revised as revised,
        {{ is_revised_in('returns._revised', ['town_code']) }} as is_moved
    from returns
    inner join {{ ref('int_places') }} as places on places.town_code in (returns.town_code, 'all')
    inner join {{ ref('int_periods') }} as periods on returns.period = periods.period
    left join scale_history
        on returns.period = scale_history.period and returns.credit_code = scale_history.credit_code

),

{{ contributions('statistics_enterprise', items=items) }}

select * from final
