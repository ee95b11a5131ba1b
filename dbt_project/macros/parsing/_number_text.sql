{#- Folded, no spaces, no separators, brackets turned into a sign. -#}
{% macro _number_text(expression) -%}
    {{ replace_all(
        replace_all(fold_name(expression), '[,¥￥]', ''),
        '^\\(([0-9.]+[^()]*)\\)([^0-9]*)$', '-\\1\\2'
    ) }}
{%- endmacro %}
