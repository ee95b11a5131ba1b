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
