{#- A date up to which something runs: as parse_date, but a month without a day is its last day. -#}
{% macro parse_last_day(expression) -%}
    {%- set month = "regexp_extract(" ~ _date_text(expression) ~ ", '^([0-9]{4}-[0-9]{2})$', 1)" -%}
    coalesce(
        cast({{ dbt.last_day("try_cast(concat(" ~ month ~ ", '-01') as date)", 'month') }} as date),
        {{ parse_date(expression) }}
    )
{%- endmacro %}
