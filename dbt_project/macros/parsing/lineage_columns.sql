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
        {{ relation }}._corrections,
{%- endmacro %}
