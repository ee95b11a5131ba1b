-- grain: one row per month, place, indicator, breakdown and core entity, or region that it is compared with
{#- What decides membership decides every count. -#}
{%- set membership = ['division_code', 'industry_code', 'entity_name', 'business_scope'] %}

with ledger_months as (

    {{ ledger_months('registration_entities') }}

),

benchmark_shares as (

    select
        benchmarks.town_code,
        benchmarks.share_pct,
        towns.region_code
    from {{ ref('benchmarks') }} as benchmarks
    inner join {{ ref('town_list') }} as towns on benchmarks.town_code = towns.town_code

),

-- One row per place and entity: in the whole city an entity of two towns counts once.
entities as (

    select
        core.period,
        places.town_code,
        core.credit_code,
        core.entity_type,
        bool_or(core.is_active) as is_active,
        bool_or(core.is_new_month) as is_new_month,
        bool_or(core.is_new_ytd) as is_new_ytd,
        bool_or(core.is_cancelled_month) as is_cancelled_month,
        bool_or(core.is_cancelled_ytd) as is_cancelled_ytd,
        max(core._row_id) as row_id,
        max(core._warnings) as warnings,
        max(core._revised) as revised
    from {{ ref('int_entity_segments') }} as core
    inner join ledger_months on core.period = ledger_months.period
    inner join {{ ref('int_places') }} as places on places.town_code in (core.town_code, 'all')
    where core.chain_segment = 'core'
    group by core.period, places.town_code, core.credit_code, core.entity_type

),

placed as (

    select
        entities.period,
        entities.town_code,
        entities.credit_code as contributor,
        entities.row_id,
        entities.entity_type,
        entities.is_active,
        entities.is_new_month,
        entities.is_new_ytd,
        entities.is_cancelled_month,
        entities.is_cancelled_ytd,
        benchmark_shares.town_code is not null as has_benchmark,
        entities.warnings,
        entities.revised,
        false as is_moved
    from entities
    left join benchmark_shares on entities.town_code = benchmark_shares.town_code

),

{{ contributions(
    'registration_entities',
    items={
        'entities': {'value': '1'},
        'net_entities': {
            'value': 'case when placed.is_new_month then 1 else 0 end '
                ~ '- case when placed.is_cancelled_month then 1 else 0 end',
            'value_ytd': 'case when placed.is_new_ytd then 1 else 0 end '
                ~ '- case when placed.is_cancelled_ytd then 1 else 0 end',
        },
    },
    conditions={
        'active': {'month': 'placed.is_active', 'columns': ['registration_status'] + membership},
        'active_of_benchmarked_town': {
            'month': 'placed.is_active', 'columns': ['registration_status'] + membership,
            'among': 'placed.has_benchmark',
        },
        'new': {
            'month': 'placed.is_new_month', 'year': 'placed.is_new_ytd', 'columns': ['established_on'] + membership,
        },
        'cancelled': {
            'month': 'placed.is_cancelled_month', 'year': 'placed.is_cancelled_ytd',
            'columns': ['registration_status', 'cancelled_on'] + membership,
        },
        'new_or_cancelled': {
            'month': 'placed.is_new_month or placed.is_cancelled_month',
            'year': 'placed.is_new_ytd or placed.is_cancelled_ytd',
            'columns': ['established_on', 'registration_status', 'cancelled_on'] + membership,
        },
    },
    parts={'entity_type': {'breakdown': 'asked.entity_type', 'columns': ['entity_type']}},
) }},

-- What the location quotient compares with: all active entities of the town's region, and the benchmark's share.
regions as (

    select
        entities.period,
        benchmark_shares.town_code,
        benchmark_shares.region_code,
        benchmark_shares.share_pct,
        count(*) as active_in_region
    from {{ ref('int_register_in_effect') }} as entities
    inner join benchmark_shares
        on
            substr(entities.region_code, 1, length(benchmark_shares.region_code))
            = benchmark_shares.region_code
    where entities.status_group = 'active'
    group by
        entities.period, benchmark_shares.town_code, benchmark_shares.region_code, benchmark_shares.share_pct

),

with_regions as (

    select * from final

    union all

    select
        regions.period,
        regions.town_code,
        indicators.indicator_code,
        'all' as breakdown,
        cast(null as {{ dbt.type_string() }}) as unit,
        regions.region_code as contributor,
        cast(null as {{ dbt.type_string() }}) as row_id,
        concat(
            '区划 ', regions.region_code, ' 存续主体 ', cast(regions.active_in_region as {{ dbt.type_string() }}),
            ' 户 × 基准占比 ', cast(regions.share_pct as {{ dbt.type_string() }}), '%'
        ) as note,
        'registration_status|division_code' as cell_columns,
        true as is_in_month,
        true as is_in_year,
        false as is_counted,
        cast(null as decimal(22, 8)) as value,
        cast(null as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        cast(regions.active_in_region * regions.share_pct as decimal(18, 4)) as base,
        cast(null as {{ dbt.type_string() }}) as warnings,
        false as is_revised
    from regions
    inner join indicators on indicators.counts_when = 'active_of_benchmarked_town'

)

select * from with_regions
