-- grain: one row per month with an enterprise return, place and rate of its reliability
with months as (

    select
        feed_months.period,
        places.town_code
    from {{ ref('int_feed_months') }} as feed_months
    cross join {{ ref('int_places') }} as places
    where feed_months.feed = 'statistics_enterprise' and feed_months.is_delivered

),

returns as (

    select
        period,
        town_code,
        credit_code,
        gross_output_value_ytd,
        _warnings,
        _revised
    from {{ ref('int_statistics_enterprise') }}

),

-- Warnings and revisions of the returns behind a place, as with the other figures of this feed.
marks as (

    select
        months.period,
        months.town_code,
        count(returns.credit_code) as returns_used,
        {{ joined_parts('returns._warnings') }} as flags,
        coalesce(bool_or({{ is_revised_in('returns._revised', ['town_code']) }}), false) as is_moved,
        coalesce(
            bool_or({{ is_revised_in('returns._revised', ['gross_output_value_ytd', 'town_code']) }}), false
        ) as is_output_revised
    from months
    left join returns
        on
            months.period = returns.period
            and (months.town_code = returns.town_code or months.town_code = 'all')
    group by months.period, months.town_code

),

units as (

    select
        months.period,
        months.town_code,
        count(expected_units.credit_code) as units_expected,
        count(expected_units.credit_code) filter (where expected_units.is_received) as units_received,
        count(expected_units.credit_code) filter (where expected_units.is_on_time) as units_on_time
    from months
    left join {{ ref('int_expected_units') }} as expected_units
        on
            months.period = expected_units.period
            and expected_units.feed = 'statistics_enterprise'
            and (months.town_code = expected_units.town_code or months.town_code = 'all')
    group by months.period, months.town_code

),

-- A row without a readable town counts for the whole city alone.
first_pass as (

    select
        months.period,
        months.town_code,
        sum(first_rows.rows_data) as rows_data,
        sum(first_rows.rows_passed) as rows_passed
    from months
    left join {{ ref('int_first_pass') }} as first_rows
        on
            months.period = first_rows.period
            and first_rows.feed = 'statistics_enterprise'
            and (months.town_code = first_rows.town_code or months.town_code = 'all')
    group by months.period, months.town_code

),

revised_outputs as (

    select
        period,
        row_key,
        first_value
    from {{ ref('int_revised_cells') }}
    where feed = 'statistics_enterprise' and column_name = 'gross_output_value_ytd'

),

-- The place's figure of a month as the first deliveries gave it, and as it stands.
outputs as (

    select
        months.period,
        months.town_code,
        sum(
            case
                when revised_outputs.row_key is null then returns.gross_output_value_ytd
                else revised_outputs.first_value
            end
        ) as first_output,
        sum(returns.gross_output_value_ytd) as latest_output
    from months
    inner join returns
        on
            months.period = returns.period
            and (months.town_code = returns.town_code or months.town_code = 'all')
    left join revised_outputs
        on returns.period = revised_outputs.period and returns.credit_code = revised_outputs.row_key
    group by months.period, months.town_code

),

output_changes as (

    select
        period,
        town_code,
        {{ change_pct('first_output', 'latest_output') }} as change_pct
    from outputs

),

revisions as (

    select
        months.period,
        months.town_code,
        {{ round_ratio('sum(output_changes.change_pct)', 'count(output_changes.change_pct)', in_places=8) }}
            as revision_rate
    from months
    inner join output_changes
        on months.town_code = output_changes.town_code and months.period >= output_changes.period
    where
        {{ month_count('months.period') }} - {{ month_count('output_changes.period') }}
        < {{ threshold('revision_months') }}
    group by months.period, months.town_code

),

measured as (

    select
        months.period,
        months.town_code,
        {{ round_ratio('units.units_received', 'units.units_expected', 100, in_places=0) }} as coverage_rate,
        {{ round_ratio('units.units_on_time', 'units.units_expected', 100, in_places=0) }} as on_time_rate,
        {{ round_ratio('first_pass.rows_passed', 'first_pass.rows_data', 100, in_places=0) }} as first_pass_rate,
        revisions.revision_rate,
        units.units_expected,
        marks.returns_used,
        marks.flags,
        marks.is_moved,
        marks.is_output_revised
    from months
    inner join units on months.period = units.period and months.town_code = units.town_code
    inner join first_pass on months.period = first_pass.period and months.town_code = first_pass.town_code
    left join revisions on months.period = revisions.period and months.town_code = revisions.town_code
    inner join marks on months.period = marks.period and months.town_code = marks.town_code

),

{#- rate: (contributors, whether a later delivery changed what it counts) -#}
{%- set rates = {
    'coverage_rate': ('units_expected', 'is_moved'),
    'on_time_rate': ('units_expected', 'is_moved'),
    'first_pass_rate': ('returns_used', 'is_moved'),
    'revision_rate': ('returns_used', 'is_output_revised'),
} %}

figures as (

    {%- for rate, (contributors, is_revised) in rates.items() %}
    select
        period,
        town_code,
        '{{ rate }}' as indicator_code,
        {{ rate }} as value,
        {{ contributors }} as contributors,
        flags,
        {{ is_revised }} as is_revised
    from measured
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
        cast(figures.value as decimal(18, 4)) as value_ytd,
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
