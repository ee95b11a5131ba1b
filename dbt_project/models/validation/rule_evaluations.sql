-- grain: one row per month, feed and rule that is evaluated there: rows looked at, rows failing
with periods as (

    select
        period,
        month
    from {{ ref('stg_periods') }}

),

feeds as (

    select * from {{ ref('stg_feeds') }}

),

rules as (

    select
        rule_id,
        feed,
        level,
        severity,
        claim
    from {{ ref('validation_rules') }}

),

deliveries as (

    select * from {{ ref('stg_deliveries') }}

),

row_counts as (

    select
        period,
        feed,
        sum(rows_data) as rows_data,
        sum(rows_in_force) as rows_in_force,
        sum(rows_quarantined) as rows_quarantined
    from {{ ref('val_row_counts') }}
    group by period, feed

),

-- Row rules: every rule of a feed, in every month in which the feed has rows.
broken_rows as (

    select
        period,
        feed,
        rule_id,
        count(distinct row_id) as rows_failing
    from {{ ref('val_broken_rules') }}
    where row_status = 'in_force'
    group by period, feed, rule_id

),

row_rules as (

    select
        row_counts.period,
        row_counts.feed,
        rules.rule_id,
        row_counts.rows_in_force as rows_looked_at,
        coalesce(broken_rows.rows_failing, 0) as rows_failing
    from row_counts
    inner join rules on rules.level = 'row' and (row_counts.feed = rules.feed or rules.feed = '*')
    left join broken_rows
        on
            row_counts.period = broken_rows.period
            and row_counts.feed = broken_rows.feed
            and rules.rule_id = broken_rows.rule_id

),

few_rows_are_set_aside as (

    select
        period,
        feed,
        'R-BATCH-001' as rule_id,
        rows_in_force as rows_looked_at,
        case
            when
                rows_quarantined >= {{ threshold('set_aside_min_rows') }}
                and rows_quarantined * 100 > rows_in_force * case
                    when feed = 'registration_entities' then {{ threshold('set_aside_share_register_pct') }}
                    else {{ threshold('set_aside_share_pct') }}
                end
                then rows_quarantined
            else 0
        end as rows_failing
    from row_counts

),

register_months as (

    select
        period,
        rows_in_force,
        lag(rows_in_force) over (order by period) as rows_before
    from row_counts
    where feed = 'registration_entities'

),

register_does_not_shrink as (

    select
        period,
        'registration_entities' as feed,
        'R-BATCH-002' as rule_id,
        rows_in_force as rows_looked_at,
        case
            when
                (rows_before - rows_in_force) * 100
                > rows_before * {{ threshold('register_shrink_pct') }}
                then rows_before - rows_in_force
            else 0
        end as rows_failing
    from register_months

),

totals as (

    select
        period,
        feed,
        max(deviation_pct) as deviation_pct,
        max(rows_added) as rows_added
    from (
        -- Several 合计 rows in a sheet: some are of parts; the nearest is the one of the sheet.
        select
            period,
            feed,
            delivery_id,
            file,
            sheet,
            min(deviation_pct) as deviation_pct,
            max(rows_added) as rows_added
        from {{ ref('val_totals') }}
        group by period, feed, delivery_id, file, sheet
    ) as sheets
    group by period, feed

),

-- A sheet without a 合计 has none to disagree with: its rows were looked at all the same.
totals_reconcile as (

    select
        row_counts.period,
        row_counts.feed,
        rules.rule_id,
        row_counts.rows_data as rows_looked_at,
        case
            when
                totals.deviation_pct > case
                    when rules.severity = 'block' then {{ threshold('totals_block_pct') }}
                    else {{ threshold('totals_warn_pct') }}
                end
                then totals.rows_added
            else 0
        end as rows_failing
    from row_counts
    inner join rules
        on
            (rules.rule_id = 'R-BATCH-003' or rules.claim = 'total_row_equals_rows')
            and (row_counts.feed = rules.feed or rules.feed = '*')
    left join totals on row_counts.period = totals.period and row_counts.feed = totals.feed

),

delivered as (

    select
        period,
        feed,
        count(*) as deliveries,
        count(*) filter (where status = 'accepted') as accepted,
        count(*) filter (where is_refusal_pending) as pending,
        count(*) filter (
            where status = 'accepted' and receipt_rows is not null and receipt_rows <> rows_data
        ) as miscounted
    from deliveries
    group by period, feed

),

-- Without a required feed the month waits; without another one its indicators are missing, and that is said.
due_feed_is_there as (

    select
        periods.period,
        feeds.feed,
        case when feeds.is_required then 'R-BATCH-005' else 'R-BATCH-008' end as rule_id,
        1 as rows_looked_at,
        case when coalesce(delivered.accepted, 0) = 0 then 1 else 0 end as rows_failing
    from periods
    inner join feeds
        on
            instr(
                concat('|', coalesce(feeds.not_due_months, ''), '|'),
                concat('|', cast(periods.month as {{ dbt.type_string() }}), '|')
            ) = 0
    left join delivered on periods.period = delivered.period and feeds.feed = delivered.feed

),

no_refused_file_is_pending as (

    select
        period,
        feed,
        'R-BATCH-006' as rule_id,
        deliveries as rows_looked_at,
        pending as rows_failing
    from delivered

),

receipt_counts_rows as (

    select
        period,
        feed,
        'R-BATCH-007' as rule_id,
        accepted as rows_looked_at,
        miscounted as rows_failing
    from delivered
    where accepted > 0

),

evaluated as (

    {%- for name in [
        'row_rules', 'few_rows_are_set_aside', 'register_does_not_shrink', 'totals_reconcile',
        'due_feed_is_there', 'no_refused_file_is_pending', 'receipt_counts_rows',
    ] %}
    select
        period,
        feed,
        rule_id,
        rows_looked_at,
        rows_failing
    from {{ name }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        evaluated.period,
        evaluated.feed,
        evaluated.rule_id,
        rules.severity,
        cast(evaluated.rows_looked_at as bigint) as rows_looked_at,
        cast(evaluated.rows_failing as bigint) as rows_failing
    from evaluated
    inner join rules on evaluated.rule_id = rules.rule_id

)

select * from final
