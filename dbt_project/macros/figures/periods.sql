{#- Arithmetic on periods `YYYY-MM`. No current date anywhere: a period comes from the data. -#}

{% macro period_start(period) -%}
    cast(concat({{ period }}, '-01') as date)
{%- endmacro %}


{% macro period_of(date) -%}
    concat(
        lpad(cast(extract(year from {{ date }}) as {{ dbt.type_string() }}), 4, '0'),
        '-',
        lpad(cast(extract(month from {{ date }}) as {{ dbt.type_string() }}), 2, '0')
    )
{%- endmacro %}


{#- The period `months` after (before, if negative) the given one. -#}
{% macro period_shift(period, months) -%}
    {{ period_of("cast(" ~ dbt.dateadd('month', months, period_start(period)) ~ " as date)") }}
{%- endmacro %}


{% macro month_end(period) -%}
    cast({{ dbt.last_day(period_start(period), 'month') }} as date)
{%- endmacro %}


{#- The month's number, 1 to 12. -#}
{% macro month_number(period) -%}
    cast(substr({{ period }}, 6, 2) as integer)
{%- endmacro %}
