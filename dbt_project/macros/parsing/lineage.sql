{#- Where a staged row came from, the same in every staging model. -#}

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


{#- The lineage columns, first in every staging model. -#}
{% macro lineage_columns(relation) -%}
        {{ relation }}._period,
        {{ relation }}._row_id,
        {{ relation }}._delivery_id,
        {{ relation }}._file,
        {{ relation }}._sheet,
        {{ relation }}._row,
        {{ relation }}._row_kind,
        {{ relation }}._is_hidden,
        {{ relation }}._arrival_no,
{%- endmacro %}


{#- `|`-joined names of columns whose cell holds text that gave no value, and the cells themselves.
    `pairs`: list of (column, delivered cell, typed value). Never give it a personal column. -#}
{% macro unreadable_columns(pairs) -%}
        nullif(
            concat(
                {%- for column, cell, value in pairs %}
                case when {{ is_unreadable(cell, value) }} then '{{ column }}|' else '' end{{ ',' if not loop.last }}
                {%- endfor %}
            ), ''
        ) as _unreadable,
        nullif(
            concat(
                {%- for column, cell, value in pairs %}
                case
                    when {{ is_unreadable(cell, value) }} then concat('{{ column }}「', {{ cell }}, '」') else ''
                end{{ ',' if not loop.last }}
                {%- endfor %}
            ), ''
        ) as _unreadable_cells,
{%- endmacro %}
