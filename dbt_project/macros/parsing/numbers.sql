{#- From a cell as delivered to a number in a base unit. A number may be in full-width digits, with thousands
    separators, spaces, brackets for negatives and a trailing unit; a unit in the cell comes before the column's.
    Null when missing and when unreadable: `is_unreadable` tells them apart. -#}

{#- Folded, no spaces, no separators, brackets turned into a sign. -#}
{% macro _number_text(expression) -%}
    {{ replace_all(
        replace_all(fold_name(expression), '[,¥￥]', ''),
        '^\\(([0-9.]+[^()]*)\\)$', '-\\1'
    ) }}
{%- endmacro %}


{% macro _number_part(expression) -%}
    nullif(regexp_extract({{ _number_text(expression) }}, '^([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?)', 1), '')
{%- endmacro %}


{#- What stands behind the number, brackets off; '' when nothing. -#}
{% macro _unit_part(expression) -%}
    {{ replace_all(
        replace_all(_number_text(expression), '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?', ''),
        '[()]', ''
    ) }}
{%- endmacro %}


{#- The factor from a unit to the base unit of a dimension (seed unit_list); null for a unit of another one. -#}
{% macro unit_factor(unit, dimension) -%}
    (
        select max(unit_list.factor)
        from {{ ref('unit_list') }} as unit_list
        where unit_list.unit = {{ unit }} and unit_list.dimension = '{{ dimension }}'
    )
{%- endmacro %}


{#- A quantity in the base unit of its dimension, decimal(18,4). `unit`: expression of the unit that holds for
    the cell unless the cell itself names one. -#}
{% macro parse_quantity(expression, unit, dimension) -%}
    case
        when not {{ is_missing_mark(expression) }}
            then try_cast(
                try_cast({{ _number_part(expression) }} as decimal(20, 8))
                * cast(
                    {{ unit_factor("coalesce(nullif(" ~ _unit_part(expression) ~ ", ''), " ~ unit ~ ")", dimension) }}
                    as decimal(14, 6)
                )
                as decimal(18, 4)
            )
    end
{%- endmacro %}


{% macro parse_money(expression, unit) -%}
    {{ parse_quantity(expression, unit, 'money') }}
{%- endmacro %}


{#- A number with nothing behind it but, at most, the unit of its row; decimal(20,8). -#}
{% macro parse_number(expression, unit="''") -%}
    case
        when not {{ is_missing_mark(expression) }} and {{ _unit_part(expression) }} in ('', {{ unit }})
            then try_cast({{ _number_part(expression) }} as decimal(20, 8))
    end
{%- endmacro %}


{#- There is text, but no value came of it. -#}
{% macro is_unreadable(expression, value) -%}
    (not {{ is_missing_mark(expression) }} and {{ value }} is null)
{%- endmacro %}


{#- A capacity such as `5万吨`: 50,000 and 吨. The 万 is part of the number, the unit stays as written. -#}
{% macro capacity_number(expression) -%}
    case
        when not {{ is_missing_mark(expression) }} and {{ capacity_unit(expression) }} is not null
            then try_cast(
                try_cast({{ _number_part(expression) }} as decimal(20, 8))
                * case
                    when {{ _unit_part(expression) }} like '万%' then 10000
                    when {{ _unit_part(expression) }} like '亿%' then 100000000
                    else 1
                end
                as decimal(18, 4)
            )
    end
{%- endmacro %}


{% macro capacity_unit(expression) -%}
    nullif({{ replace_all(_unit_part(expression), '^[万亿]|/年$|每年$', '') }}, '')
{%- endmacro %}
