-- grain: one row per delivery
with deliveries as (

    select * from {{ source('intake', 'deliveries') }}

),

final as (

    select
        delivery_id,
        feed,
        period,
        file_name,
        sha256,
        sender,
        cast(received_at as timestamp) as received_at,
        cast(arrival_no as integer) as arrival_no,
        status,
        refusal_rule,
        refusal_reason_zh,
        is_refusal_pending,
        cast(rows_read as bigint) as rows_read,
        cast(rows_data as bigint) as rows_data,
        cast(rows_not_data as bigint) as rows_not_data,
        cast(receipt_rows as bigint) as receipt_rows
    from deliveries

)

select * from final
