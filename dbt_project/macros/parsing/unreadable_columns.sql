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
