{#- A date up to which something runs: as parse_date, but a month without a day is its last day. -#}
{% macro parse_last_day(expression) -%}
    case
        when {{ matches("coalesce(" ~ _date_text(expression) ~ ", '')", '^[0-9]{4}-[0-9]{1,2}$') }}
            then cast({{ dbt.last_day(parse_date(expression), 'month') }} as date)
        else {{ parse_date(expression) }}
    end
{%- endmacro %}
