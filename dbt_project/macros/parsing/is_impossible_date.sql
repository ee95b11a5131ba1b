{#- The form of a date, but no such day in the calendar (2024-02-30): never just "missing". -#}
{% macro is_impossible_date(expression) -%}
    case
        when {{ is_missing_mark(expression) }} or {{ parse_date(expression) }} is not null then false
        else {{ matches(_date_text(expression), '^([0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?|[0-9]{8})$') }}
    end
{%- endmacro %}
