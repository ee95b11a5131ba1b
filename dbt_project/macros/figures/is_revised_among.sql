{#- Does a row's `_revised` (`|`-joined columns) name one of those that another expression joins by `|`? -#}
{% macro is_revised_among(revised, columns) -%}
    case
        when {{ revised }} is null or {{ columns }} = '' then false
        else {{ matches_text("concat('|', " ~ revised ~ ")", "concat('[|](', " ~ columns ~ ", ')[|]')") }}
    end
{%- endmacro %}
