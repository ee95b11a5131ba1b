-- grain: one row per indicator
with indicators as (

    select
        indicator_code,
        name_zh,
        unit,
        nature,
        source_feed,
        computation,
        breakdowns,
        prior_source,
        definition
    from {{ ref('indicator_list') }}

),

clauses as (

    select
        indicator_code,
        {{ joined_set('plan_clause') }} as plan_clauses
    from {{ ref('target_list') }}
    group by indicator_code

),

final as (

    select
        indicators.indicator_code,
        indicators.name_zh as indicator_name,
        replace(indicators.indicator_code, '_', ' ') as indicator_name_en,
        indicators.unit,
        indicators.nature,
        indicators.source_feed,
        indicators.definition,
        clauses.plan_clauses,
        indicators.computation,
        indicators.breakdowns,
        indicators.prior_source,
        cast(null as {{ dbt.type_string() }}) as release_id
    from indicators
    left join clauses
        on indicators.indicator_code = clauses.indicator_code

)

select * from final
