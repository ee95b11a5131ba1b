{#- The key of a raw row as people see it in quarantine: its readable parts, a space between them. -#}
{% macro raw_key(feed, relation) -%}
    {%- set parts = [] -%}
    {%- for column, kind in feed_keys()[feed] -%}
        {%- set cell = relation ~ '.' ~ column -%}
        {%- if kind == 'code' -%}
            {%- do parts.append(parse_code(cell)) -%}
        {%- elif kind == 'date' -%}
            {%- do parts.append('cast(' ~ parse_date(cell) ~ ' as ' ~ dbt.type_string() ~ ')') -%}
        {%- else -%}
            {%- do parts.append(parse_text(cell)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts[0] if parts | length == 1 else 'concat(' ~ parts | join(", ' ', ") ~ ')' }}
{%- endmacro %}
