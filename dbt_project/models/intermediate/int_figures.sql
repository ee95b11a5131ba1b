-- grain: one row per month, place, indicator and breakdown for which there is a figure, over all feeds
-- The one place where contributions become a figure, by the computation that the catalogue names.
with contributions as (

    select * from {{ ref('int_contributions') }}

),

-- Kinds of parts whose parts are listed, some of them for one indicator alone.
listed_parts as (

    select
        'entity_type' as kind,
        entity_type as breakdown,
        cast(null as {{ dbt.type_string() }}) as indicator_code,
        true as stands_at_zero
    from {{ ref('entity_type_list') }}
    union distinct
    select
        'event_type' as kind,
        event_type as breakdown,
        cast(null as {{ dbt.type_string() }}) as indicator_code,
        false as stands_at_zero
    from {{ ref('event_type_list') }}
    union distinct
    select
        'fund_type' as kind,
        fund_type as breakdown,
        indicator_code,
        false as stands_at_zero
    from {{ ref('fund_type_list') }}

),

indicators as (

    select
        indicators.indicator_code,
        indicators.unit,
        indicators.computation,
        indicators.counts_when,
        indicators.has_towns,
        concat('|', indicators.breakdowns, '|') as breakdowns,
        exists(
            select 1
            from listed_parts
            where instr(concat('|', indicators.breakdowns, '|'), concat('|', listed_parts.kind, '|')) > 0
        ) as has_listed_parts,
        indicators.prior_source in ('return', 'none') as has_given_prior,
        indicators.prior_source = 'return' as has_return_prior,
        case
            when indicators.source_feed = 'data_reliability' then 'statistics_enterprise'
            else indicators.source_feed
        end as feed,
        -- Of returns that nobody sent there is no sum; a ledger or a register without a row says 0.
        case
            when indicators.computation = 'count' then 0
            when indicators.computation = 'sum' and not coalesce(feeds.has_reporting_units, true) then 0
        end as figure_of_no_row
    from {{ ref('indicator_list') }} as indicators
    left join {{ ref('stg_feeds') }} as feeds on indicators.source_feed = feeds.feed

),

feed_months as (

    select
        period,
        feed
    from {{ ref('int_feed_months') }}
    where has_data

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

-- What a target names, in its town and in the whole city, stands at 0 too; what no list knows does not. A keyword of
-- projects stands in every indicator that seeks keywords.
named_parts as (

    select distinct
        places.town_code,
        indicators.indicator_code,
        target_parts.breakdown
    from {{ ref('int_target_parts') }} as target_parts
    inner join indicators as named on target_parts.indicator_code = named.indicator_code
    inner join indicators
        on
            named.indicator_code = indicators.indicator_code
            or (instr(named.breakdowns, '|keyword|') > 0 and instr(indicators.breakdowns, '|keyword|') > 0)
    inner join places on places.town_code in (target_parts.read_town_code, 'all')
    left join listed_parts
        on
            instr(indicators.breakdowns, concat('|', listed_parts.kind, '|')) > 0
            and target_parts.breakdown = listed_parts.breakdown
            and coalesce(listed_parts.indicator_code, indicators.indicator_code) = indicators.indicator_code
    where
        target_parts.breakdown <> 'all'
        and indicators.figure_of_no_row is not null
        and indicators.breakdowns <> '|all|'
        and (listed_parts.breakdown is not null or not indicators.has_listed_parts)

),

-- The changes of the months that a rate looks back at, which are no sums.
weighed as (

    select
        contributions.*,
        indicators.computation,
        indicators.has_return_prior,
        indicators.computation = 'mean_change' as is_change
    from contributions
    inner join indicators on contributions.indicator_code = indicators.indicator_code

),

sums as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        max(unit) as unit,
        max(computation) as computation,
        case when count(*) filter (where is_in_month) = 0 then 0 else sum(value) filter (where is_in_month) end
            as value,
        case when count(*) filter (where is_in_year) = 0 then 0 else sum(value_ytd) filter (where is_in_year) end
            as value_ytd,
        sum(value_ytd_prior) filter (where is_in_year) as value_ytd_prior,
        sum(value_ytd) filter (where is_in_year and has_return_prior and value_ytd_prior is null) as prior_gap_ytd,
        sum(base) filter (where is_in_month) as base,
        sum(cast(value as decimal(19, 8)) * cast(base as decimal(18, 4))) filter (
            where is_in_month and computation = 'weighted_mean'
        ) as weighted,
        sum(cast(value_ytd as decimal(19, 4)) * cast(value_ytd as decimal(19, 4))) filter (
            where is_in_month and computation = 'square_share'
        ) as squares,
        sum(case when is_change then {{ change_pct('base', 'value') }} end) as changes,
        count(case when is_change then {{ change_pct('base', 'value') }} end) as changes_known,
        count(*) filter (where is_counted) as contributors,
        {{ joined_parts('warnings') }} as flags,
        bool_or(is_revised) as is_revised
    from weighed
    group by period, town_code, indicator_code, breakdown

),

-- What is no sum has one figure: the year to date is the month's.
rates as (

    select
        sums.*,
        case
            when sums.computation in ('ratio', 'quotient') then {{ round_ratio('sums.value', 'sums.base', 100, 2) }}
            when sums.computation = 'weighted_mean' then {{ round_ratio('sums.weighted', 'sums.base', 1, 4, 8) }}
            when sums.computation = 'square_share'
                then {{ round_ratio(
                    'sums.squares', 'cast(sums.value as decimal(19, 4)) * cast(sums.value as decimal(19, 4))',
                    10000, 2, 8
                ) }}
            when sums.computation = 'mean_change' then {{ round_ratio('sums.changes', 'sums.changes_known', 1, 2, 8) }}
        end as rate
    from sums

),

totals as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        unit,
        case when computation in ('count', 'sum') then cast(value as decimal(18, 4)) else rate end as value,
        case when computation in ('count', 'sum') then cast(value_ytd as decimal(18, 4)) else rate end
            as value_ytd,
        value_ytd_prior,
        prior_gap_ytd,
        contributors,
        flags,
        is_revised
    from rates

),

-- Figures that stand even without a row: the whole, a listed kind of part, what a target names.
cells as (

    select
        feed_months.period,
        places.town_code,
        indicators.indicator_code,
        'all' as breakdown
    from feed_months
    inner join indicators on feed_months.feed = indicators.feed
    inner join places on places.town_code = 'all' or indicators.has_towns
    where instr(indicators.breakdowns, '|all|') > 0 and indicators.computation <> 'quotient'
    union distinct
    select
        feed_months.period,
        places.town_code,
        indicators.indicator_code,
        listed_parts.breakdown
    from feed_months
    inner join indicators on feed_months.feed = indicators.feed
    inner join places on places.town_code = 'all' or indicators.has_towns
    inner join listed_parts
        on
            instr(indicators.breakdowns, concat('|', listed_parts.kind, '|')) > 0
            and listed_parts.stands_at_zero
    union distinct
    select
        feed_months.period,
        named_parts.town_code,
        named_parts.indicator_code,
        named_parts.breakdown
    from feed_months
    inner join indicators on feed_months.feed = indicators.feed
    inner join named_parts on indicators.indicator_code = named_parts.indicator_code
    union distinct
    -- Any other part stands where something counts.
    select
        period,
        town_code,
        indicator_code,
        breakdown
    from totals
    where contributors > 0 or value_ytd <> 0 or value_ytd is null

),

final as (

    select
        cells.period,
        cells.town_code,
        cells.indicator_code,
        cells.breakdown,
        coalesce(totals.unit, indicators.unit) as unit,
        cast(case when totals.period is null then indicators.figure_of_no_row else totals.value end as decimal(18, 4))
            as value,
        cast(
            case when totals.period is null then indicators.figure_of_no_row else totals.value_ytd end
            as decimal(18, 4)
        ) as value_ytd,
        cast(totals.value_ytd_prior as decimal(18, 4)) as value_ytd_prior,
        indicators.has_given_prior,
        cast(totals.prior_gap_ytd as decimal(18, 4)) as prior_gap_ytd,
        cast(coalesce(totals.contributors, 0) as integer) as contributors,
        totals.flags,
        coalesce(totals.is_revised, false) as is_revised
    from cells
    inner join indicators on cells.indicator_code = indicators.indicator_code
    left join totals
        on
            cells.period = totals.period
            and cells.town_code = totals.town_code
            and cells.indicator_code = totals.indicator_code
            and cells.breakdown = totals.breakdown

)

select * from final
