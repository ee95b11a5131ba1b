-- grain: one row per clause of the plan
with clauses as (

    select clause
    from {{ ref('plan_clauses') }}

),

final as (

    select
        clause,
        {{ clause_key('clause') }} as clause_key
    from clauses

)

select * from final
