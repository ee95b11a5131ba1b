-- grain: one row per delivered row and broken rule
with rows_of_feed as (

    select
        feed_rows.*,
        history.falls,
        history.falls_seen,
        history.jumps,
        history.jumps_seen,
        history.is_used,
        -- A superseded row is judged beside others too, for its first pass.
        history.is_used or feed_rows._status = 'superseded' as is_confronted
    from {{ ref('val_statistics_enterprise_rows') }} as feed_rows
    left join {{ ref('val_statistics_enterprise_history') }} as history on feed_rows._row_id = history._row_id

),

register_months as (

    select distinct period
    from {{ ref('val_register_status') }}

),

register_of_month as (

    select
        periods.period,
        max(register_months.period) as register_period
    from (select distinct _period as period from rows_of_feed) as periods
    inner join register_months on periods.period >= register_months.period
    group by periods.period

),

beside_others as (

    select
        rows_of_feed.*,
        before._row_key is not null as has_month_before,
        {%- for item in statistics_enterprise_items() %}
        before.{{ item }}_ytd as before_{{ item }}_ytd,
        {%- endfor %}
        register_of_month.register_period,
        register_status.is_active
    from rows_of_feed
    left join rows_of_feed as before
        on
            rows_of_feed._row_key = before._row_key
            and before._period = {{ period_shift('rows_of_feed._period', -1) }}
            and before.is_used
    left join register_of_month on rows_of_feed._period = register_of_month.period
    left join {{ ref('val_register_status') }} as register_status
        on
            register_of_month.register_period = register_status.period
            and rows_of_feed.credit_code = register_status.credit_code

),

across as (

    {%- set unequal = [] %}
    {%- for item in statistics_enterprise_items() %}
    {%- do unequal.append(
        "case when " ~ ytd_does_not_add_up(item ~ '_month', 'before_' ~ item ~ '_ytd', item ~ '_ytd')
        ~ " then '" ~ item ~ "|' else '' end"
    ) %}
    {%- endfor %}
    {%- set unequal = "nullif(concat(" ~ unequal | join(', ') ~ "), '')" %}

    {{ broken_rules([
        {
            'id': 'R-STAT-005', 'column': 'rows_of_feed.falls', 'seen': 'rows_of_feed.falls_seen',
            'when': 'rows_of_feed.falls is not null',
        },
        {
            'id': 'R-STAT-006', 'column': 'rows_of_feed.jumps', 'seen': 'rows_of_feed.jumps_seen',
            'when': 'rows_of_feed.jumps is not null',
        },
        {
            'id': 'R-STAT-008', 'column': unequal, 'seen': "''",
            'when': 'rows_of_feed.is_confronted and ' ~ unequal ~ ' is not null',
        },
        {
            'id': 'R-STAT-009', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': 'rows_of_feed.is_confronted and rows_of_feed.register_period is not null '
                ~ 'and not coalesce(rows_of_feed.is_active, false)',
        },
    ], relation='beside_others') }}

),

across_with_severity as (

    {{ with_severity('statistics_enterprise', 'across') }}

),

final as (

    {{ all_broken('statistics_enterprise') }}

)

select * from final
