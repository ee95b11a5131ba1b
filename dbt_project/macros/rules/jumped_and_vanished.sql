{#- CTEs up to `across`, all that rows of most ledgers can break beside others: a value out of its history (rule
    `jumps`), and a row of last month that is gone (rule `vanishes`, told of the `key` columns, joined by strokes). -#}
{% macro jumped_and_vanished(feed, jumps, vanishes, key) -%}
{{ rows_with_history(feed) }},

{{ vanished_rows() }},

across as (

    {{ broken_rules([
        {
            'id': jumps, 'column': 'rows_of_feed.jumps', 'seen': 'rows_of_feed.jumps_seen',
            'when': 'rows_of_feed.jumps is not null',
        },
    ], relation='feed_rows') }}

    union all

    {{ broken_rules([
        {'id': vanishes, 'column': "'" ~ key ~ "'", 'seen': 'rows_of_feed._row_key', 'when': 'true'},
    ], relation='vanished') }}

)
{%- endmacro %}
