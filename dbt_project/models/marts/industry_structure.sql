-- grain: one row per period and town (and `all`)
{%- set segments = ['upstream', 'core', 'downstream', 'service'] %}

with months as (

    select
        periods.period,
        places.town_code
    from {{ ref('int_periods') }} as periods
    cross join {{ ref('int_places') }} as places

),

rates as (

    select
        period,
        town_code,
        max(case when indicator_code = 'location_quotient' then value end) as lq,
        max(case when indicator_code = 'cr4' then value end) as cr4_pct,
        max(case when indicator_code = 'hhi' then value end) as hhi
    from {{ ref('indicator_monthly') }}
    where
        indicator_code in ('location_quotient', 'cr4', 'hhi')
        and breakdown = 'all'
    group by period, town_code

),

outputs as (

    select
        period,
        town_code,
        leading_output_ytd,
        output_ytd
    from {{ ref('int_leading_output') }}

),

-- An entity has one type, so that types add up; entity_dynamics counts it once in the whole city.
counted as (

    select
        period,
        town_code,
        {%- for segment in segments %}
        sum(case when chain_segment = '{{ segment }}' then active else 0 end) as {{ segment }}_count
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('entity_dynamics') }}
    group by period, town_code

),

final as (

    select
        months.period,
        months.town_code,
        rates.lq,
        rates.cr4_pct,
        rates.hhi,
        {{ round_ratio('outputs.leading_output_ytd', 'outputs.output_ytd', 100) }}
            as leading_industry_share_pct,
        {%- for segment in segments %}
        cast(counted.{{ segment }}_count as integer) as {{ segment }}_count,
        {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as release_id
    from months
    left join rates
        on
            months.period = rates.period
            and months.town_code = rates.town_code
    left join outputs
        on
            months.period = outputs.period
            and months.town_code = outputs.town_code
    left join counted
        on
            months.period = counted.period
            and months.town_code = counted.town_code

)

select * from final
