{#- From a cell as delivered to a date: the written forms of offices, Excel serials, `长期`. A month without a
    day is its first day. Null when missing and when no such date exists. -#}
{% macro parse_date(expression) -%}
    {%- set whole_date = replace_all(_date_text(expression), '^([0-9]{4}-[0-9]{2})$', '\\1-01') -%}
    {%- set serial = "regexp_extract(" ~ _date_text(expression) ~ ", '^([2-7][0-9]{4})$', 1)" -%}
    case
        when {{ matches(expression, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') }} then try_cast({{ expression }} as date)
        else
            coalesce(
                try_cast(regexp_extract({{ whole_date }}, '^([0-9]{4}-[0-9]{2}-[0-9]{2})$', 1) as date),
                cast(
                    {{ dbt.dateadd('day', "try_cast(" ~ serial ~ " as integer)", "cast('1899-12-30' as date)") }}
                    as date
                )
            )
    end
{%- endmacro %}
