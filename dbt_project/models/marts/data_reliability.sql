-- grain: one row per period and feed
with feed_months as (

    select * from {{ ref('int_feed_months') }}

),

arrivals as (

    select * from {{ ref('int_arrivals') }}

),

units_on_time as (

    select
        period,
        feed,
        count(*) filter (where is_on_time) as units_on_time
    from {{ ref('int_expected_units') }}
    group by period, feed

),

conserved as (

    select
        period,
        feed,
        sum(rows_read) as rows_read,
        sum(rows_used) as rows_used,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_superseded) as rows_superseded,
        sum(rows_not_data) as rows_not_data
    from {{ ref('file_conservation') }}
    group by period, feed

),

first_pass as (

    select
        period,
        feed,
        sum(rows_data) as rows_data,
        sum(rows_passed) as rows_passed
    from {{ ref('int_first_pass') }}
    group by period, feed

),

revised as (

    select
        period,
        feed,
        count(*) as revised_cells,
        {{ round_ratio('sum(change_pct)', 'count(change_pct)', 10000, 4, in_places=8) }} as mean_change_ten_thousandths,
        {{ round_ratio('sum(change_pct)', 'count(change_pct)', in_places=8) }} as mean_abs_revision_pct
    from {{ ref('int_revised_cells') }}
    group by period, feed

),

-- Neither due nor there: the row stays empty.
months as (

    select
        feed_months.period,
        feed_months.feed,
        feed_months.is_due,
        feed_months.is_delivered,
        feed_months.is_due or feed_months.is_delivered as is_asked,
        feed_months.expected_units,
        feed_months.received_units,
        feed_months.coverage_pct,
        arrivals.due_on,
        arrivals.received_on,
        case
            when feed_months.has_reporting_units then coalesce(units_on_time.units_on_time, 0)
            when arrivals.received_on <= arrivals.due_on then 1
            else 0
        end as units_on_time
    from feed_months
    inner join arrivals on feed_months.period = arrivals.period and feed_months.feed = arrivals.feed
    left join units_on_time on feed_months.period = units_on_time.period and feed_months.feed = units_on_time.feed

),

measured as (

    select
        months.*,
        coalesce(conserved.rows_read, 0) as rows_read,
        coalesce(conserved.rows_used, 0) as rows_used,
        coalesce(conserved.rows_quarantined, 0) as rows_quarantined,
        coalesce(conserved.rows_superseded, 0) as rows_superseded,
        coalesce(conserved.rows_not_data, 0) as rows_not_data,
        case
            when months.is_due then {{ round_ratio('months.units_on_time', 'months.expected_units', 100, in_places=0) }}
        end as on_time_pct,
        {{ round_ratio('first_pass.rows_passed', 'first_pass.rows_data', 100, in_places=0) }} as first_pass_pct,
        coalesce(revised.revised_cells, 0) as revised_cells,
        revised.mean_abs_revision_pct,
        -- The score in ten thousandths of a point, from the parts and not from rounded percentages.
        coalesce({{ round_ratio(
            threshold('reliability_coverage_weight') ~ ' * months.received_units + '
            ~ threshold('reliability_on_time_weight') ~ ' * months.units_on_time',
            'months.expected_units', 1000000, 4
        ) }}, 0) as units_score,
        case
            when not months.is_delivered then 0
            -- A report of nothing has no row that could fail.
            when coalesce(first_pass.rows_data, 0) = 0 then 1000000 * {{ threshold('reliability_first_pass_weight') }}
            else {{ round_ratio(
                threshold('reliability_first_pass_weight') ~ ' * first_pass.rows_passed',
                'first_pass.rows_data', 1000000, 4
            ) }}
        end as first_pass_score,
        least(
            10000 * {{ threshold('reliability_max_revision_points') }},
            coalesce(revised.mean_change_ten_thousandths, 0)
        ) as revision_score
    from months
    left join conserved on months.period = conserved.period and months.feed = conserved.feed
    left join first_pass on months.period = first_pass.period and months.feed = first_pass.feed
    left join revised on months.period = revised.period and months.feed = revised.feed

),

scored as (

    select
        measured.*,
        cast(
            case
                when measured.is_due then measured.units_score + measured.first_pass_score - measured.revision_score
            end as decimal(18, 4)
        ) as exact_score
    from measured

),

final as (

    select
        period,
        feed,
        cast(case when is_asked then expected_units end as integer) as expected_units,
        cast(case when is_asked then received_units end as integer) as received_units,
        cast(case when is_asked then coverage_pct end as decimal(18, 4)) as coverage_pct,
        due_on,
        received_on,
        cast(on_time_pct as decimal(18, 4)) as on_time_pct,
        cast(case when is_asked then rows_read end as bigint) as rows_read,
        cast(case when is_asked then rows_used end as bigint) as rows_used,
        cast(case when is_asked then rows_quarantined end as bigint) as rows_quarantined,
        cast(case when is_asked then rows_superseded end as bigint) as rows_superseded,
        cast(case when is_asked then rows_not_data end as bigint) as rows_not_data,
        cast(first_pass_pct as decimal(18, 4)) as first_pass_pct,
        cast(case when is_asked then revised_cells end as integer) as revised_cells,
        cast(mean_abs_revision_pct as decimal(18, 4)) as mean_abs_revision_pct,
        cast({{ round_ratio('exact_score', '10000') }} as decimal(18, 4)) as score,
        case
            when exact_score is null then null
            when exact_score >= 10000 * {{ threshold('reliability_grade_a_score') }} then 'A'
            when exact_score >= 10000 * {{ threshold('reliability_grade_b_score') }} then 'B'
            when exact_score >= 10000 * {{ threshold('reliability_grade_c_score') }} then 'C'
            else 'D'
        end as grade,
        cast(null as {{ dbt.type_string() }}) as release_id
    from scored

)

select * from final
