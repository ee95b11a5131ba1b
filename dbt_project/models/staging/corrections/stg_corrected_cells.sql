-- grain: one row per declared correction and delivered row that it can speak of: that of the key, as last delivered
-- A correction says wrong and right as the sender's file does, in the unit of the cell.
{{ config(materialized='table') }}

{%- set feeds = [] %}
{%- for feed in row_feeds() if correctable_columns(feed) %}{% do feeds.append(feed) %}{% endfor %}

with corrections as (

    select * from {{ ref('stg_declared_corrections') }}

),

deliveries as (

    select
        delivery_id,
        arrival_no
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

{%- for feed in feeds %}

{{ feed }}_cells as (

    select
        corrections.correction_id,
        corrections.feed,
        corrections.period,
        corrections.row_key,
        corrections.column_name,
        raw_rows._delivery_id as delivery_id,
        {{ raw_row_id('raw_rows') }} as row_id,
        deliveries.arrival_no,
        case corrections.column_name
            {%- for column in correctable_columns(feed) %}
            when '{{ column }}' then raw_rows.{{ column }}
            {%- endfor %}
        end as cell,
        corrections.wrong,
        corrections.right_cell
    from {{ source('raw', feed) }} as raw_rows
    inner join corrections
        on
            corrections.feed = '{{ feed }}'
            and raw_rows._period = corrections.period
            and {{ raw_key(feed, 'raw_rows') }} = corrections.row_key
    inner join deliveries on raw_rows._delivery_id = deliveries.delivery_id
    where raw_rows._row_kind = 'data'

),
{%- endfor %}

cells as (

    {%- for feed in feeds %}
    select * from {{ feed }}_cells
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

last_delivered as (

    select *
    from cells
    qualify arrival_no = max(arrival_no) over (partition by correction_id)

),

final as (

    select
        correction_id,
        feed,
        period,
        row_key,
        column_name,
        delivery_id,
        row_id,
        arrival_no,
        cell,
        right_cell,
        coalesce({{ says_the_same('cell', 'wrong') }}, false) as is_standing
    from last_delivered

)

select * from final
