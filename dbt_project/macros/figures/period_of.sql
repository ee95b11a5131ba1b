{% macro period_of(date) -%}
    concat(
        lpad(cast(extract(year from {{ date }}) as {{ dbt.type_string() }}), 4, '0'),
        '-',
        lpad(cast(extract(month from {{ date }}) as {{ dbt.type_string() }}), 2, '0')
    )
{%- endmacro %}
