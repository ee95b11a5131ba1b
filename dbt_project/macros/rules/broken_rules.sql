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
        cast({{ rule.seen }} as {{ dbt.type_string() }}) as seen,
    from {{ relation }} as rows_of_feed
    where {{ rule.when }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}


{#- Names of columns without a value, `|`-joined; null when all have one. -#}
{% macro missing_columns(columns) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case when rows_of_feed.{{ column }} is null then '{{ column }}|' else '' end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}


{#- Of the given columns those whose cell could not be read, `|`-joined; null when none. -#}
{% macro unreadable_among(columns) -%}
    nullif(
        concat(
            {%- for column in columns %}
            case
                when instr(concat('|', coalesce(rows_of_feed._unreadable, '')), '|{{ column }}|') > 0
                    then '{{ column }}|'
                else ''
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ), ''
    )
{%- endmacro %}


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
        {{ broken }}.seen,
    from {{ broken }}
    inner join {{ ref('validation_rules') }} as rules on {{ broken }}.rule_id = rules.rule_id
{%- endmacro %}


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
        seen,
    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
