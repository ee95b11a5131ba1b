{#- The key of a change as people read it: code, kind and day. -#}
{% macro change_key(relation) -%}
    concat(
        {{ relation }}.credit_code, ' ', {{ relation }}.change_type, ' ',
        cast({{ relation }}.changed_on as {{ dbt.type_string() }})
    )
{%- endmacro %}
