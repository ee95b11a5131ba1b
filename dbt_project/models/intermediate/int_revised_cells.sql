-- grain: one row per feed, month, key and numeric column of a used row that differs from the key's first delivery
{%- set feeds = [] %}
{%- for feed in row_feeds() if number_columns(feed) %}
{%- do feeds.append(feed) %}
{%- endfor %}

with

{%- for feed in feeds %}

{{ feed }}_first as (

    select
        {%- for column in number_columns(feed) %}
        feed_rows.{{ column }},
        {%- endfor %}
        feed_rows._period,
        feed_rows._row_key
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    inner join {{ ref('stg_deliveries') }} as deliveries on feed_rows._delivery_id = deliveries.delivery_id
    where feed_rows._status = 'superseded' and feed_rows._row_key is not null
    qualify
        row_number() over (
            partition by feed_rows._period, feed_rows._row_key
            order by deliveries.arrival_no, feed_rows._file, feed_rows._sheet, feed_rows._row
        ) = 1

),

{{ feed }}_pairs as (

    select
        {%- for column in number_columns(feed) %}
        first_rows.{{ column }} as first_{{ column }},
        latest.{{ column }},
        {%- endfor %}
        first_rows._period as period,
        first_rows._row_key as row_key
    from {{ feed }}_first as first_rows
    inner join {{ ref('val_' ~ feed ~ '_rows') }} as latest
        on
            first_rows._period = latest._period
            and first_rows._row_key = latest._row_key
            and latest._status = 'in_force'
    inner join {{ ref('int_' ~ feed) }} as used on latest._row_id = used._row_id

),
{%- endfor %}

cells as (

    {%- for feed in feeds %}
    {%- set last_feed = loop.last %}
    {%- for column in number_columns(feed) %}
    select
        period,
        '{{ feed }}' as feed,
        row_key,
        '{{ column }}' as column_name,
        cast(first_{{ column }} as decimal(18, 4)) as first_value,
        cast({{ column }} as decimal(18, 4)) as latest_value
    from {{ feed }}_pairs
    {%- if not (last_feed and loop.last) %}

    union all
    {% endif %}
    {%- endfor %}
    {%- endfor %}

),

final as (

    select
        period,
        feed,
        row_key,
        column_name,
        first_value,
        latest_value,
        {{ change_pct('first_value', 'latest_value') }} as change_pct
    from cells
    where first_value is distinct from latest_value

)

select * from final
