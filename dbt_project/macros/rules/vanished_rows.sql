{#- CTEs `delivered_months` and `vanished` on a CTE `feed_rows` of a ledger (columns of val_<feed>_rows and is_used):
    last month's used rows whose key no row of this month has. A row that was set aside has not vanished. -#}
{% macro vanished_rows() -%}
delivered_months as (

    select distinct _period
    from feed_rows

),

vanished as (

    select
        delivered_months._period,
        before._row_id,
        before._delivery_id,
        before._file,
        before._sheet,
        before._row,
        before._row_key,
        before._status
    from feed_rows as before
    inner join delivered_months
        on before._period = {{ period_shift('delivered_months._period', -1) }}
    left join feed_rows as now
        on before._row_key = now._row_key and delivered_months._period = now._period
    where before.is_used and now._row_key is null

)
{%- endmacro %}
