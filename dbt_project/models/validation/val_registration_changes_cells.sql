-- grain: one row per delivered row and broken rule that the row alone can break
{%- set required = ['change_type', 'changed_on'] %}

with rows_of_feed as (

    select
        *,
        {{ month_end('_period') }} as month_end_on
    from {{ ref('val_registration_changes_rows') }}

),

-- The cells that say what changed are never shown: they can name a natural person.
broken as (

    {{ broken_rules([
        {
            'id': 'R-LINE-001', 'column': "''", 'seen': "''",
            'when': "rows_of_feed._row_kind = 'damaged'",
        },
        {
            'id': 'R-CHG-001', 'column': "'credit_code'", 'seen': 'rows_of_feed.credit_code',
            'when': "rows_of_feed._row_kind = 'data' and not rows_of_feed._has_valid_code",
        },
        {
            'id': 'R-CHG-002', 'column': missing_columns(required), 'seen': 'rows_of_feed._unreadable_cells',
            'when': "rows_of_feed._row_kind = 'data' and " ~ missing_columns(required) ~ ' is not null',
        },
        {
            'id': 'R-CHG-003', 'column': "'changed_on'",
            'seen': "concat_ws(' / ', rows_of_feed.changed_on, rows_of_feed._unreadable_cells)",
            'when': 'rows_of_feed.changed_on > rows_of_feed.month_end_on '
                ~ 'or rows_of_feed._impossible_dates is not null',
        },
        {
            'id': 'R-CHG-004', 'column': "'credit_code|change_type|changed_on'", 'seen': 'rows_of_feed._row_key',
            'when': 'rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-CHG-005', 'column': "''", 'seen': 'rows_of_feed._repeats + 1',
            'when': "rows_of_feed._status = 'in_force' and rows_of_feed._repeats > 0 "
                ~ 'and not rows_of_feed._is_duplicate_key',
        },
        {
            'id': 'R-CHG-006',
            'column': "case when rows_of_feed.has_known_item then 'value_after' else 'change_item' end", 'seen': "''",
            'when': "rows_of_feed.change_type = '变更' and (not rows_of_feed.has_known_item "
                ~ 'or (rows_of_feed.register_column is not null and rows_of_feed.value_after is null))',
        },
    ]) }}

),

final as (

    {{ with_severity('registration_changes', 'broken') }}

)

select * from final
