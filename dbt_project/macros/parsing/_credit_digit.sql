{% macro _credit_digit(code, position) -%}
    (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr({{ code }}, {{ position }}, 1)) - 1)
{%- endmacro %}
