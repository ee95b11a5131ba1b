{% macro duckdb__split_rows(relation, key_columns, expression, separator) -%}
    select
        {% for column in key_columns -%}
            parted.{{ column }},
        {% endfor -%}
        trim(parted.part) as part
    from (
        select
            {% for column in key_columns -%}
                {{ column }},
            {% endfor -%}
            unnest(string_split({{ expression }}, '{{ separator }}')) as part
        from {{ relation }}
    ) as parted
    where trim(parted.part) <> ''
{%- endmacro %}
