{#- Rows of a feed that the build reads: data, totals and damaged lines of accepted deliveries. A row in which a
    declared correction changes a cell stands here twice: as delivered, and once more with the corrected cells and
    `_corrections`, the ids of the corrections. Staging types both; which of them counts is decided after it (macro
    staged_rows). -#}
{% macro raw_rows(feed) -%}
    {%- set replaced = {} -%}
    {%- for column in correctable_columns(feed) -%}
        {%- do replaced.update({column: 'coalesce(corrected.' ~ column ~ ', raw_rows.' ~ column ~ ')'}) -%}
    {%- endfor -%}
    select
        raw_rows.*,
        deliveries.arrival_no as _arrival_no,
        {{ raw_row_id('raw_rows') }} as _row_id,
        cast(null as {{ dbt.type_string() }}) as _corrections
    from {{ source('raw', feed) }} as raw_rows
    inner join {{ ref('stg_deliveries') }} as deliveries
        on raw_rows._delivery_id = deliveries.delivery_id
    where deliveries.status = 'accepted' and raw_rows._row_kind in ('data', 'total', 'damaged')
    {%- if replaced %}

    union all

    select
        {{ with_replaced(source('raw', feed), 'raw_rows', replaced) }},
        corrected.arrival_no as _arrival_no,
        corrected.row_id as _row_id,
        corrected.corrections as _corrections
    from {{ source('raw', feed) }} as raw_rows
    inner join (
        select
            cells.delivery_id,
            cells.row_id,
            cells.arrival_no,
            {%- for column in correctable_columns(feed) %}
            max(case when cells.column_name = '{{ column }}' then cells.right_cell end) as {{ column }},
            {%- endfor %}
            {{ joined_set('cells.correction_id') }} as corrections
        from {{ ref('stg_corrected_cells') }} as cells
        where cells.feed = '{{ feed }}' and cells.is_standing
        group by cells.delivery_id, cells.row_id, cells.arrival_no
    ) as corrected
        on raw_rows._delivery_id = corrected.delivery_id and {{ raw_row_id('raw_rows') }} = corrected.row_id
    {%- endif %}
{%- endmacro %}
