{#- A delivered row by its place: delivery, file, sheet and row. -#}
{% macro raw_row_id(relation) -%}
    concat(
        {{ relation }}._delivery_id, ':', {{ relation }}._file, ':', coalesce({{ relation }}._sheet, ''), ':',
        cast({{ relation }}._row as {{ dbt.type_string() }})
    )
{%- endmacro %}
