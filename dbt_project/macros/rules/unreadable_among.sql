{#- Of the given columns those whose cell could not be read, `|`-joined; null when none. -#}
{% macro unreadable_among(columns) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case
                when instr(concat('|', coalesce(rows_of_feed._unreadable, '')), '|{{ column }}|') > 0
                    then '{{ column }}|'
                else ''
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}
