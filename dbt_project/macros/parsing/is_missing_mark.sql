{% macro is_missing_mark(expression) -%}
    {{ matches(
        "coalesce(" ~ expression ~ ", '')",
        '^[\\s\\x{00A0}\\x{3000}]*(-|－|—|——|–|…|……|/|／|无|空|[Nn][/／][Aa])?[\\s\\x{00A0}\\x{3000}]*$'
    ) }}
{%- endmacro %}
