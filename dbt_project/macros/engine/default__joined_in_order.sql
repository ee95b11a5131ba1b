{% macro default__joined_in_order(expression, order_by, separator) -%}
    nullif(
        array_join(
            transform(
                array_sort(collect_list(named_struct('place', {{ order_by }}, 'told', {{ expression }}))),
                part -> part.told
            ),
            '{{ separator }}'
        ), ''
    )
{%- endmacro %}
