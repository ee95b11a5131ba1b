{#- Rows of a feed that the build reads: data, totals and damaged lines of accepted deliveries. -#}
{% macro raw_rows(feed) -%}
    select
        raw_rows.*,
        deliveries.arrival_no as _arrival_no,
        concat(
            raw_rows._delivery_id, ':', raw_rows._file, ':', coalesce(raw_rows._sheet, ''), ':',
            cast(raw_rows._row as {{ dbt.type_string() }})
        ) as _row_id
    from {{ source('raw', feed) }} as raw_rows
    inner join {{ ref('stg_deliveries') }} as deliveries
        on raw_rows._delivery_id = deliveries.delivery_id
    where deliveries.status = 'accepted' and raw_rows._row_kind in ('data', 'total', 'damaged')
{%- endmacro %}
