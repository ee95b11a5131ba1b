{#- One select per rule over a CTE (`relation`, read as `rows_of_feed`), put together: one row per row and broken rule.
    `rules`: list of mappings with id, when (condition), column (name, or an expression in quotes) and seen (what
    stood there, as text; never a personal column). Severity comes from the rule list. -#}
{% macro broken_rules(rules, relation='rows_of_feed') -%}
    {%- for rule in rules %}
    select
        rows_of_feed._period,
        rows_of_feed._row_id,
        rows_of_feed._delivery_id,
        rows_of_feed._file,
        rows_of_feed._sheet,
        rows_of_feed._row,
        rows_of_feed._row_key,
        rows_of_feed._status,
        '{{ rule.id }}' as rule_id,
        {{ rule.column }} as column_name,
        cast({{ rule.seen }} as {{ dbt.type_string() }}) as seen
    from {{ relation }} as rows_of_feed
    where {{ rule.when }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
