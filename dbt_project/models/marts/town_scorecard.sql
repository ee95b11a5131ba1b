-- grain: one row per period and town
{#- A headline figure: the indicator, and the column of the indicator table that is shown. -#}
{%- set figures = {
    'output_ytd': ('gross_output_value', 'value_ytd'),
    'output_yoy_pct': ('gross_output_value', 'yoy_pct'),
    'revenue_ytd': ('operating_revenue', 'value_ytd'),
    'revenue_yoy_pct': ('operating_revenue', 'yoy_pct'),
    'profit_ytd': ('total_profit', 'value_ytd'),
    'online_sales_ytd': ('online_retail_sales', 'value_ytd'),
    'investment_completed_ytd': ('investment_completed', 'value_ytd'),
    'investment_completion_pct': ('investment_completion_rate', 'value'),
    'coverage_pct': ('coverage_rate', 'value'),
} %}
{%- set counts = {
    'active_entities': ('active_entities', 'value'),
    'new_entities_ytd': ('new_entities', 'value_ytd'),
    'net_new_entities_ytd': ('net_new_entities', 'value_ytd'),
    'reporting_enterprises': ('reporting_enterprises', 'value'),
    'above_scale_enterprises': ('above_scale_enterprises', 'value'),
    'platforms_operating': ('platforms_operating', 'value'),
    'honours_held': ('honours_held', 'value'),
    'projects': ('projects', 'value'),
    'projects_alerted': ('projects_alerted', 'value'),
    'issues_open': ('issues_open', 'value'),
    'issues_overdue': ('issues_overdue', 'value'),
} %}
{%- set lights = ['green', 'yellow', 'red', 'grey'] %}

with towns as (

    select
        town_code,
        town_name,
        level,
        leading_product,
        product_unit
    from {{ ref('town_list') }}

),

levels as (

    select
        level,
        level_order
    from {{ ref('recognition_level_list') }}

),

-- The level after the town's own; the highest is its own next.
next_levels as (

    select
        towns.town_code,
        coalesce(next_level.level, own.level) as next_level
    from towns
    inner join levels as own
        on towns.level = own.level
    left join levels as next_level
        on own.level_order + 1 = next_level.level_order

),

months as (

    select
        periods.period,
        towns.town_code
    from {{ ref('int_periods') }} as periods
    cross join towns

),

headlines as (

    select
        period,
        town_code,
        {%- for column, (indicator_code, shown) in (figures.items() | list) + (counts.items() | list) %}
        max(case when indicator_code = '{{ indicator_code }}' then {{ shown }} end) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('indicator_monthly') }}
    where breakdown = 'all'
    group by period, town_code

),

products as (

    select
        indicators.period,
        indicators.town_code,
        indicators.value_ytd as leading_product_ytd,
        indicators.yoy_pct as leading_product_yoy_pct
    from {{ ref('indicator_monthly') }} as indicators
    inner join towns
        on
            indicators.town_code = towns.town_code
            and indicators.breakdown = towns.leading_product
    where indicators.indicator_code = 'output_quantity'

),

-- Millionths of each criterion's share, none above the whole: so that only the mean is rounded.
criterion_shares as (

    select
        recognition.period,
        recognition.town_code,
        case
            when recognition.passed then cast(1000000 as decimal(18, 4))
            else {{ round_ratio('recognition.value', 'recognition.threshold', 1000000, 4) }}
        end as share_millionths
    from {{ ref('town_recognition') }} as recognition
    inner join next_levels
        on
            recognition.town_code = next_levels.town_code
            and recognition.level = next_levels.next_level

),

-- A mean over criteria of which one has no figure would not compare with that of another month.
scores as (

    select
        period,
        town_code,
        case
            when count(share_millionths) = count(*)
                then {{ round_ratio('cast(sum(share_millionths) as decimal(18, 2))', 'count(*) * 10000') }}
        end as recognition_score
    from criterion_shares
    group by period, town_code

),

target_lights as (

    select
        period,
        town_code,
        {%- for light in lights %}
        count(case when light = '{{ light }}' then 1 end) as targets_{{ light }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('target_progress') }}
    group by period, town_code

),

grades as (

    select
        period,
        grade
    from {{ ref('data_reliability') }}
    where feed = 'statistics_enterprise'

),

final as (

    select
        months.period,
        months.town_code,
        towns.town_name,
        towns.level,
        next_levels.next_level,
        scores.recognition_score,
        {%- for column in figures %}
        headlines.{{ column }},
        {%- endfor %}
        towns.leading_product,
        towns.product_unit,
        products.leading_product_ytd,
        products.leading_product_yoy_pct,
        {%- for column in counts %}
        cast(headlines.{{ column }} as integer) as {{ column }},
        {%- endfor %}
        {%- for light in lights %}
        cast(coalesce(target_lights.targets_{{ light }}, 0) as integer) as targets_{{ light }},
        {%- endfor %}
        grades.grade as reliability_grade,
        cast(null as {{ dbt.type_string() }}) as release_id
    from months
    inner join towns
        on months.town_code = towns.town_code
    inner join next_levels
        on months.town_code = next_levels.town_code
    left join headlines
        on
            months.period = headlines.period
            and months.town_code = headlines.town_code
    left join products
        on
            months.period = products.period
            and months.town_code = products.town_code
    left join scores
        on
            months.period = scores.period
            and months.town_code = scores.town_code
    left join target_lights
        on
            months.period = target_lights.period
            and months.town_code = target_lights.town_code
    left join grades
        on months.period = grades.period

)

select * from final
