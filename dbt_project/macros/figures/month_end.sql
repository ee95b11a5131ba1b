{% macro month_end(period) -%}
    cast({{ dbt.last_day(period_start(period), 'month') }} as date)
{%- endmacro %}
