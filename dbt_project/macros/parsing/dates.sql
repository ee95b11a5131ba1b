{#- From a cell as delivered to a date: the written forms of offices, Excel serials, `长期`. A month without a
    day is its first day. Null when missing and when no such date exists. -#}

{% macro parse_date(expression) -%}
    case
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


{#- Folded, a time of day cut off, separators as hyphens, no trailing one. -#}
{% macro _date_text(expression) -%}
    {{ replace_all(
        replace_all(
            replace_all(
                fold_name(replace_all(expression, '[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?\\s*$', '')),
                '[.]0+$', ''
            ),
            '[/.年月]', '-'
        ),
        '[-日]+$', ''
    ) }}
{%- endmacro %}


{% macro _padded_date(expression, has_day=true) -%}
    concat(
        regexp_extract({{ _date_text(expression) }}, '^([0-9]{4})-', 1), '-',
        lpad(regexp_extract({{ _date_text(expression) }}, '^[0-9]{4}-([0-9]{1,2})', 1), 2, '0'), '-',
        {{ "lpad(regexp_extract(" ~ _date_text(expression) ~ ", '-([0-9]{1,2})$', 1), 2, '0')" if has_day else "'01'" }}
    )
{%- endmacro %}


{#- The form of a date, but no such day in the calendar (2024-02-30): never just "missing". -#}
{% macro is_impossible_date(expression) -%}
    (
        {{ matches(_date_text(expression), '^([0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?|[0-9]{8})$') }}
        and {{ parse_date(expression) }} is null
    )
{%- endmacro %}


{#- `|`-joined names of the columns that hold an impossible date. `pairs`: (column, delivered cell). -#}
{% macro impossible_dates(pairs) -%}
        nullif(
            concat(
                {%- for column, cell in pairs %}
                case when {{ is_impossible_date(cell) }} then '{{ column }}|' else '' end{{ ',' if not loop.last }}
                {%- endfor %}
            ), ''
        ) as _impossible_dates,
{%- endmacro %}
