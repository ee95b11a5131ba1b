{#- The months of a feed's accepted deliveries as batches (first, last), each of at most so many rows, or one month.
    Without any month one batch that none is in. -#}
{% macro month_batches(feed, rows_at_once) -%}
    {%- set months = run_query(
        "select period, sum(rows_data) as rows_data from " ~ ref('stg_deliveries')
        ~ " where feed = '" ~ feed ~ "' and status = 'accepted' group by period order by period"
    ) -%}
    {%- set batches = [] -%}
    {%- set counted = namespace(rows=0) -%}
    {%- for month in months -%}
        {%- if batches and counted.rows + month[1] <= rows_at_once -%}
            {%- do batches.append((batches.pop()[0], month[0])) -%}
            {%- set counted.rows = counted.rows + month[1] -%}
        {%- else -%}
            {%- do batches.append((month[0], month[0])) -%}
            {%- set counted.rows = month[1] -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(batches or [('none', 'none')]) }}
{%- endmacro %}
