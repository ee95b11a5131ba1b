{#- Does a row's `_revised` (`|`-joined columns) name one of the given columns? -#}
{% macro is_revised_in(revised, columns) -%}
    coalesce(
        {{ matches("concat('|', coalesce(" ~ revised ~ ", ''))", '[|](' ~ columns | join('|') ~ ')[|]') }}, false
    )
{%- endmacro %}
