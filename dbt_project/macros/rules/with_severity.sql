{#- The shape of every `val_<feed>`: the rule's severity joined in. `broken`: name of the CTE of broken rules. -#}
{% macro with_severity(feed, broken) -%}
    select
        {{ broken }}._period as period,
        '{{ feed }}' as feed,
        {{ broken }}.rule_id,
        rules.severity,
        {{ broken }}._row_id as row_id,
        {{ broken }}._delivery_id as delivery_id,
        {{ broken }}._file as file,
        {{ broken }}._sheet as sheet,
        {{ broken }}._row as row_no,
        {{ broken }}._row_key as row_key,
        {{ broken }}._status as row_status,
        {{ replace_all(broken ~ '.column_name', '[|]+$', '') }} as column_name,
        {{ broken }}.seen
    from {{ broken }}
    inner join {{ ref('validation_rules') }} as rules on {{ broken }}.rule_id = rules.rule_id
{%- endmacro %}
