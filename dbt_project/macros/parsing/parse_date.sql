{#- From a cell as delivered to a date: the written forms of offices, Excel serials, `长期`. A month without a
    day is its first day. Null when missing and when no such date exists. -#}
{% macro parse_date(expression) -%}
    case
        when {{ matches(expression, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') }} then try_cast({{ expression }} as date)
        when {{ is_missing_mark(expression) }} then null
        when {{ fold_name(expression) }} = '长期' then cast('9999-12-31' as date)
        when {{ matches(_date_text(expression), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$') }}
            then try_cast({{ _padded_date(expression) }} as date)
        when {{ matches(_date_text(expression), '^[0-9]{4}-[0-9]{1,2}$') }}
            then try_cast({{ _padded_date(expression, has_day=false) }} as date)
        when {{ matches(_date_text(expression), '^[0-9]{8}$') }}
            then try_cast(
                concat(
                    substr({{ _date_text(expression) }}, 1, 4), '-',
                    substr({{ _date_text(expression) }}, 5, 2), '-',
                    substr({{ _date_text(expression) }}, 7, 2)
                ) as date
            )
        when {{ matches(_date_text(expression), '^[2-7][0-9]{4}$') }}
            then cast(
                {{ dbt.dateadd(
                    'day', "cast(" ~ _date_text(expression) ~ " as integer)", "cast('1899-12-30' as date)"
                ) }} as date
            )
    end
{%- endmacro %}
