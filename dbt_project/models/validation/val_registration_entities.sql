-- grain: one row per delivered row and broken rule
{%- set required = ['entity_name', 'established_on', 'status_group'] %}
{%- set optional = ['entity_type', 'approved_on', 'cancelled_on', 'registered_capital'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_registration_entities_rows') }}

),

broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-REG-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': "rows_of_feed._row_kind = 'data' and not rows_of_feed._has_valid_code",
        },
        {
            'id': 'R-REG-002', 'column': missing_columns(required, {'status_group': 'registration_status'}),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-REG-003',
            'column': "coalesce(rows_of_feed._impossible_dates, 'established_on|cancelled_on')",
            'seen': "concat_ws(' / ', rows_of_feed.established_on, rows_of_feed.cancelled_on, "
                ~ 'rows_of_feed._unreadable_cells)',
            'when': 'rows_of_feed.established_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed.cancelled_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-REG-004', 'column': "'established_on|cancelled_on'",
            'seen': "concat_ws(' / ', rows_of_feed.established_on, rows_of_feed.cancelled_on)",
            'when': 'rows_of_feed.cancelled_on < rows_of_feed.established_on',
        },
        {
            'id': 'R-REG-005', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-REG-006', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-REG-007', 'column': unreadable_among(optional, besides='_impossible_dates'),
            'seen': 'rows_of_feed._unreadable_cells',
            'when': unreadable_among(optional, besides='_impossible_dates') ~ ' is not null',
        },
    ]) }}

),

final as (

    {{ with_severity('registration_entities', 'broken') }}

)

select * from final
