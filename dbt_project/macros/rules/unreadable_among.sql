{#- Of the given columns those whose cell could not be read, `|`-joined; null when none. `besides`: a column of names
    that another rule tells of. -#}
{% macro unreadable_among(columns, besides=none) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case
                when
                    instr(concat('|', coalesce(rows_of_feed._unreadable, '')), '|{{ column }}|') > 0
                    {%- if besides %}
                    and instr(concat('|', coalesce(rows_of_feed.{{ besides }}, '')), '|{{ column }}|') = 0
                    {%- endif %}
                    then '{{ column }}|'
                else ''
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}
