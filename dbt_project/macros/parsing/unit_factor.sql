{#- The factor from a unit to the base unit of a dimension (seed unit_list); null for a unit of another one. -#}
{% macro unit_factor(unit, dimension) -%}
    (
        select max(unit_list.factor)
        from {{ ref('unit_list') }} as unit_list
        where unit_list.unit = {{ unit }} and unit_list.dimension = '{{ dimension }}'
    )
{%- endmacro %}
