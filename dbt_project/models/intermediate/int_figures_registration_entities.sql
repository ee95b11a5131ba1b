-- grain: one row per month with a register, place, indicator and breakdown
{#- What decides membership revises every count. -#}
{%- set membership = ['division_code', 'industry_code', 'entity_name', 'business_scope'] %}
{#- indicator: (condition of the month, of the year to date, columns whose revision revises it) -#}
{%- set counted = {
    'active_entities': ('is_active', 'is_active', ['registration_status'] + membership),
    'new_entities': ('is_new_month', 'is_new_ytd', ['established_on'] + membership),
    'cancelled_entities': (
        'is_cancelled_month', 'is_cancelled_ytd', ['registration_status', 'cancelled_on'] + membership
    ),
} %}

with months as (

    select
        feed_months.period,
        places.town_code
    from {{ ref('int_feed_months') }} as feed_months
    cross join {{ ref('int_places') }} as places
    where feed_months.feed = 'registration_entities' and feed_months.has_data

),

core as (

    select *
    from {{ ref('int_entity_segments') }}
    where chain_segment = 'core'

),

-- One row per place and entity: in the whole city an entity of two towns counts once.
placed as (

    select
        months.period,
        months.town_code,
        core.credit_code,
        core.entity_type,
        coalesce(bool_or(core.is_active), false) as is_active,
        coalesce(bool_or(core.is_new_month), false) as is_new_month,
        coalesce(bool_or(core.is_new_ytd), false) as is_new_ytd,
        coalesce(bool_or(core.is_cancelled_month), false) as is_cancelled_month,
        coalesce(bool_or(core.is_cancelled_ytd), false) as is_cancelled_ytd,
        max(core._warnings) as _warnings,
        max(core._revised) as _revised
    from months
    left join core
        on
            months.period = core.period
            and (months.town_code = core.town_code or months.town_code = 'all')
    group by months.period, months.town_code, core.credit_code, core.entity_type

),

{%- for indicator, (condition, condition_ytd, revisable) in counted.items() %}

{{ indicator }}_figures as (

    select
        period,
        town_code,
        '{{ indicator }}' as indicator_code,
        'all' as breakdown,
        count(credit_code) filter (where {{ condition }}) as value,
        count(credit_code) filter (where {{ condition_ytd }}) as value_ytd,
        {{ joined_parts('case when ' ~ condition_ytd ~ ' then _warnings end') }} as flags,
        count(credit_code) filter (where {{ condition_ytd }}) as contributors,
        coalesce(bool_or({{ is_revised_in('_revised', revisable) }}), false) as is_revised
    from placed
    group by period, town_code

),
{%- endfor %}

net_new_entities_figures as (

    select
        new_figures.period,
        new_figures.town_code,
        'net_new_entities' as indicator_code,
        'all' as breakdown,
        new_figures.value - cancelled_figures.value as value,
        new_figures.value_ytd - cancelled_figures.value_ytd as value_ytd,
        {{ merged_parts(['new_figures.flags', 'cancelled_figures.flags']) }} as flags,
        new_figures.contributors + cancelled_figures.contributors as contributors,
        new_figures.is_revised or cancelled_figures.is_revised as is_revised
    from new_entities_figures as new_figures
    inner join cancelled_entities_figures as cancelled_figures
        on
            new_figures.period = cancelled_figures.period
            and new_figures.town_code = cancelled_figures.town_code

),

types as (

    select distinct entity_type
    from {{ ref('entity_type_list') }}

),

-- Every type has its row, also at 0.
type_figures as (

    select
        placed.period,
        placed.town_code,
        'active_entities' as indicator_code,
        types.entity_type as breakdown,
        count(placed.credit_code) filter (where placed.is_active and placed.entity_type = types.entity_type)
            as value,
        count(placed.credit_code) filter (where placed.is_active and placed.entity_type = types.entity_type)
            as value_ytd,
        {{ joined_parts(
            'case when placed.is_active and placed.entity_type = types.entity_type then placed._warnings end'
        ) }} as flags,
        count(placed.credit_code) filter (where placed.is_active and placed.entity_type = types.entity_type)
            as contributors,
        coalesce(bool_or(
            placed.entity_type = types.entity_type
            and {{ is_revised_in('placed._revised', ['registration_status', 'entity_type'] + membership) }}
        ), false) as is_revised
    from placed
    cross join types
    group by placed.period, placed.town_code, types.entity_type

),

-- Core entities of the town in all active entities of its region, against the benchmark's share.
regions as (

    select
        town_code,
        region_code
    from {{ ref('town_list') }}

),

benchmark_shares as (

    select
        benchmarks.town_code,
        benchmarks.share_pct,
        regions.region_code
    from {{ ref('benchmarks') }} as benchmarks
    inner join regions on benchmarks.town_code = regions.town_code

),

region_counts as (

    select
        entities.period,
        benchmark_shares.town_code,
        benchmark_shares.share_pct,
        count(*) as active_in_region
    from {{ ref('int_register_in_effect') }} as entities
    inner join benchmark_shares
        on
            substr(entities.region_code, 1, length(benchmark_shares.region_code))
            = benchmark_shares.region_code
    where entities.status_group = 'active'
    group by entities.period, benchmark_shares.town_code, benchmark_shares.share_pct

),

location_quotient_figures as (

    select
        active_figures.period,
        active_figures.town_code,
        'location_quotient' as indicator_code,
        'all' as breakdown,
        {{ round_ratio(
            'active_figures.value', 'region_counts.active_in_region * region_counts.share_pct', 100
        ) }} as value,
        {{ round_ratio(
            'active_figures.value', 'region_counts.active_in_region * region_counts.share_pct', 100
        ) }} as value_ytd,
        active_figures.flags,
        active_figures.contributors,
        active_figures.is_revised
    from active_entities_figures as active_figures
    inner join region_counts
        on
            active_figures.period = region_counts.period
            and active_figures.town_code = region_counts.town_code

),

figures as (

    {%- for indicator in counted.keys() | list + ['net_new_entities', 'type', 'location_quotient'] %}
    select
        period,
        town_code,
        indicator_code,
        breakdown,
        value,
        value_ytd,
        flags,
        contributors,
        is_revised
    from {{ indicator ~ '_figures' }}
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
        figures.breakdown,
        indicators.unit,
        cast(figures.value as decimal(18, 4)) as value,
        cast(figures.value_ytd as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        false as has_given_prior,
        cast(null as decimal(18, 4)) as prior_gap_ytd,
        cast(figures.contributors as integer) as contributors,
        figures.flags,
        figures.is_revised
    from figures
    inner join {{ ref('indicator_list') }} as indicators on figures.indicator_code = indicators.indicator_code

)

select * from final
