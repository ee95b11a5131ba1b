{#- What the row alone breaks (`val_<feed>_cells`) with what it breaks beside others (CTE across_with_severity). -#}
{% macro all_broken(feed) -%}
    {%- for relation in [ref('val_' ~ feed ~ '_cells'), 'across_with_severity'] %}
    select
        period,
        feed,
        rule_id,
        severity,
        row_id,
        delivery_id,
        file,
        sheet,
        row_no,
        row_key,
        row_status,
        column_name,
        seen
    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
