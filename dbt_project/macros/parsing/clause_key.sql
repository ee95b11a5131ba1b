{#- A clause of the plan as its tasks are numbered: `二(一)` and `二—1` are `二-1`. What follows the clause stays. -#}
{% macro clause_key(expression) -%}
    {%- set key = namespace(sql=replace_all(fold_name(expression), '[—–―‐‑]', '-')) -%}
    {%- for numeral in ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'] -%}
        {%- set key.sql = replace_all(key.sql, '[(]' ~ numeral ~ '[)]', '-' ~ loop.index) -%}
    {%- endfor -%}
    {{ key.sql }}
{%- endmacro %}
