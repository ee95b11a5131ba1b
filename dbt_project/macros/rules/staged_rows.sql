{#- The rows of a feed that can hold data (data and damaged lines, not 合计), as staging typed them: what every
    val_<feed>_rows begins with. -#}
{% macro staged_rows(feed) -%}
    select *
    from {{ ref('stg_' ~ feed) }}
    where _row_kind <> 'total'
{%- endmacro %}
