-- grain: one row per month and feed whose batch as a whole carries a warning
with evaluations as (

    select
        period,
        feed,
        rule_id
    from {{ ref('rule_evaluations') }}
    where severity = 'warn' and rows_failing > 0

),

batch_rules as (

    select rule_id
    from {{ ref('validation_rules') }}
    where level = 'batch'

),

final as (

    select
        evaluations.period,
        evaluations.feed,
        {{ joined_set('evaluations.rule_id') }} as flags
    from evaluations
    inner join batch_rules on evaluations.rule_id = batch_rules.rule_id
    group by evaluations.period, evaluations.feed

)

select * from final
