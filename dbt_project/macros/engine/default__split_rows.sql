{% macro default__split_rows(relation, key_columns, expression, separator) -%}
    select {{ key_columns | join(', ') }}, trim(exploded.part) as part
    from {{ relation }}
    lateral view explode(split({{ expression }}, '[{{ separator }}]')) exploded as part
    where trim(exploded.part) <> ''
{%- endmacro %}
