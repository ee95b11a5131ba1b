{#- `|`-joined names of the columns that hold an impossible date. `pairs`: (column, delivered cell, typed value). -#}
{% macro impossible_dates(pairs) -%}
        nullif(
            concat(
                {%- for column, cell, value in pairs %}
                case when {{ is_impossible_date(cell, value) }} then '{{ column }}|' else '' end{{ ',' if not loop.last }}
                {%- endfor %}
            ), ''
        ) as _impossible_dates
{%- endmacro %}
