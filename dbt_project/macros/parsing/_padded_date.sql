{% macro _padded_date(expression, has_day=true) -%}
    concat(
        regexp_extract({{ _date_text(expression) }}, '^([0-9]{4})-', 1), '-',
        lpad(regexp_extract({{ _date_text(expression) }}, '^[0-9]{4}-([0-9]{1,2})', 1), 2, '0'), '-',
        {{ "lpad(regexp_extract(" ~ _date_text(expression) ~ ", '-([0-9]{1,2})$', 1), 2, '0')" if has_day else "'01'" }}
    )
{%- endmacro %}
