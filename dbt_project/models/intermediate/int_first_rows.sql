-- grain: one row per feed, month and data row as first delivered: did it pass
-- A view: of registers only the counts are ever wanted.
-- A row is first delivered when no earlier delivery of the month holds its key. One whose key cannot be read is, unless
-- its delivery says again what an earlier one said: then it is taken for a row that was there before.
{{ config(materialized='view') }}
{%- set feeds = row_feeds() %}

with deliveries as (

    select
        delivery_id,
        feed,
        period,
        arrival_no,
        min(arrival_no) over (partition by feed, period) as opening_arrival_no,
        max(arrival_no) over (partition by feed, period) as last_arrival_no
    from {{ ref('stg_deliveries') }}
    where status = 'accepted'

),

{%- for feed in feeds %}

{{ feed }}_placed as (

    select
        feed_rows._period,
        feed_rows._row_id,
        feed_rows._delivery_id,
        feed_rows._row_key,
        feed_rows._repeats,
        {{ 'feed_rows.town_code' if feed in reporting_unit_feeds() else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
            as town_code,
        deliveries.arrival_no,
        deliveries.opening_arrival_no
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    inner join deliveries on feed_rows._delivery_id = deliveries.delivery_id

),

-- Only months with several deliveries hold rows that are not first delivered.
{{ feed }}_keys as (

    select
        placed._period,
        placed._row_key,
        min(placed.arrival_no) as first_arrival_no
    from {{ feed }}_placed as placed
    inner join deliveries on placed._delivery_id = deliveries.delivery_id
    where placed._row_key is not null and deliveries.last_arrival_no > deliveries.opening_arrival_no
    group by placed._period, placed._row_key

),

{{ feed }}_said_again as (

    select distinct placed._delivery_id
    from {{ feed }}_placed as placed
    inner join {{ feed }}_keys as keys
        on placed._period = keys._period and placed._row_key = keys._row_key
    where placed.arrival_no > keys.first_arrival_no

),

{{ feed }}_first as (

    select placed.*
    from {{ feed }}_placed as placed
    where placed.arrival_no = placed.opening_arrival_no

    union all

    select placed.*
    from {{ feed }}_placed as placed
    left join {{ feed }}_keys as keys
        on placed._period = keys._period and placed._row_key = keys._row_key
    left join {{ feed }}_said_again as said_again on placed._delivery_id = said_again._delivery_id
    where
        placed.arrival_no > placed.opening_arrival_no
        and case
            when placed._row_key is not null then placed.arrival_no = keys.first_arrival_no
            else said_again._delivery_id is null
        end

),

{{ feed }}_broken as (

    select distinct
        row_id,
        period
    from {{ ref('val_' ~ feed) }}
    where severity in ('quarantine', 'warn')

),
{%- endfor %}

final as (

    {%- for feed in feeds %}
    select
        first_rows._period as period,
        '{{ feed }}' as feed,
        first_rows.town_code,
        first_rows._row_id as row_id,
        -- Of a row that stands there twice neither passed.
        broken.row_id is null and first_rows._repeats = 0 as is_passed
    from {{ feed }}_first as first_rows
    left join {{ feed }}_broken as broken
        on first_rows._row_id = broken.row_id and first_rows._period = broken.period
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final
