{#- The rows of a feed that can hold data (data and damaged lines, not 合计), as staging typed them: what every
    val_<feed>_rows begins with. Where a declared correction changes a row, the corrected one stands for it. A new
    feed is made correctable by its line in `feed_keys` and in `correctable_columns`. -#}
{% macro staged_rows(feed) -%}
    select staged.*
    from {{ ref('stg_' ~ feed) }} as staged
    {%- if correctable_columns(feed) %}
    left join (
        select distinct row_id
        from {{ ref('stg_corrected_cells') }}
        where feed = '{{ feed }}' and is_standing
    ) as corrected on staged._row_id = corrected.row_id
    {%- endif %}
    where
        staged._row_kind <> 'total'
        {%- if correctable_columns(feed) %}
        and (corrected.row_id is null or staged._corrections is not null)
        {%- endif %}
{%- endmacro %}
