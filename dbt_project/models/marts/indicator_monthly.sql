-- grain: one row per period, town (and `all`), indicator and breakdown
with figures as (

    select * from {{ ref('int_figures') }}

),

expected as (

    select * from {{ ref('int_expected_figures') }}

),

indicators as (

    select
        indicator_code,
        name_zh as indicator_name,
        nature,
        -- The rates of reliability are those of the enterprise return.
        case when source_feed = 'data_reliability' then 'statistics_enterprise' else source_feed end as source_feed
    from {{ ref('indicator_list') }}

),

places as (

    select
        town_code,
        town_name
    from {{ ref('int_places') }}

),

feed_months as (

    select
        period,
        feed,
        has_data,
        coverage_pct
    from {{ ref('int_feed_months') }}

),

feed_flags as (

    select
        period,
        feed,
        flags,
        is_waived
    from {{ ref('int_feed_flags') }}

),

cells as (

    select
        coalesce(figures.period, expected.period) as period,
        coalesce(figures.town_code, expected.town_code) as town_code,
        coalesce(figures.indicator_code, expected.indicator_code) as indicator_code,
        coalesce(figures.breakdown, expected.breakdown) as breakdown,
        coalesce(figures.unit, expected.unit) as unit,
        figures.value,
        figures.value_ytd,
        figures.value_ytd_prior,
        coalesce(figures.has_given_prior, false) as has_given_prior,
        figures.prior_gap_ytd,
        figures.contributors,
        figures.flags,
        coalesce(figures.is_revised, false) as is_revised,
        coalesce(expected.is_due, true) as is_due
    from figures
    full outer join expected
        on
            figures.period = expected.period
            and figures.town_code = expected.town_code
            and figures.indicator_code = expected.indicator_code
            and figures.breakdown = expected.breakdown

),

-- The same months last year and the month before, as the warehouse knows them now.
compared as (

    select
        cells.period,
        cells.town_code,
        cells.indicator_code,
        cells.breakdown,
        cells.unit,
        cells.value,
        cells.value_ytd,
        case
            when cells.value_ytd is null then null
            when cells.has_given_prior then cells.value_ytd_prior
            else last_year.value_ytd
        end as value_ytd_prior,
        -- Growth over a base that lacks part of its units would mislead.
        coalesce(
            cells.value_ytd_prior is not null
            and cast(abs(cells.prior_gap_ytd) as decimal(38, 4)) * 100
            > {{ threshold('prior_gap_pct') }} * abs(cells.value_ytd),
            false
        ) as lacks_prior,
        case
            when
                indicators.source_feed not in ('statistics_enterprise', 'statistics_product')
                or {{ month_number('cells.period') }} >= 4
                then month_before.value
        end as value_month_before,
        cells.contributors,
        cells.flags,
        cells.is_revised,
        cells.is_due,
        indicators.indicator_name,
        indicators.nature,
        indicators.source_feed
    from cells
    inner join indicators on cells.indicator_code = indicators.indicator_code
    left join figures as last_year
        on
            last_year.period = {{ period_shift('cells.period', -12) }}
            and cells.town_code = last_year.town_code
            and cells.indicator_code = last_year.indicator_code
            and cells.breakdown = last_year.breakdown
    left join figures as month_before
        on
            month_before.period = {{ period_shift('cells.period', -1) }}
            and cells.town_code = month_before.town_code
            and cells.indicator_code = month_before.indicator_code
            and cells.breakdown = month_before.breakdown

),

stated as (

    select
        compared.*,
        feed_months.coverage_pct,
        coalesce(feed_flags.is_waived, false) as is_waived,
        {{ merged_parts([
            'compared.flags', 'feed_flags.flags', "case when compared.lacks_prior then 'R-IND-001' end",
        ]) }} as all_flags,
        case
            when not compared.is_due and not coalesce(feed_months.has_data, false) then 'not_due'
            when
                not coalesce(feed_months.has_data, false)
                or (compared.value is null and compared.value_ytd is null)
                then 'missing'
            when compared.is_revised then 'revised'
            else 'preliminary'
        end as value_status
    from compared
    left join feed_months on compared.period = feed_months.period and compared.source_feed = feed_months.feed
    left join feed_flags on compared.period = feed_flags.period and compared.source_feed = feed_flags.feed

),

final as (

    select
        stated.period,
        stated.town_code,
        places.town_name,
        stated.indicator_code,
        stated.indicator_name,
        stated.breakdown,
        stated.unit,
        cast(stated.value as decimal(18, 4)) as value,
        cast(stated.value_ytd as decimal(18, 4)) as value_ytd,
        cast(stated.value_ytd_prior as decimal(18, 4)) as value_ytd_prior,
        case
            when stated.nature <> 'rate' and not stated.lacks_prior
                then {{ growth_pct('stated.value_ytd', 'stated.value_ytd_prior') }}
        end as yoy_pct,
        case
            when stated.nature <> 'rate'
                then {{ growth_pct('stated.value', 'stated.value_month_before') }}
        end as mom_pct,
        stated.value_status,
        case
            when stated.value_status in ('not_due', 'missing') then null
            when stated.is_waived then 'D'
            when
                stated.coverage_pct >= {{ threshold('grade_a_coverage_pct') }} and stated.all_flags is null
                then 'A'
            when stated.coverage_pct >= {{ threshold('grade_b_coverage_pct') }} then 'B'
            when stated.coverage_pct >= {{ threshold('grade_c_coverage_pct') }} then 'C'
            else 'D'
        end as quality_grade,
        stated.contributors,
        stated.all_flags as flags,
        cast(null as {{ dbt.type_string() }}) as release_id
    from stated
    inner join places on stated.town_code = places.town_code

)

select * from final
