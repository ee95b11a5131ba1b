-- grain: one row per month and feed whose batch as a whole carries a warning
with evaluations as (

    select
        period,
        feed,
        rule_id
    from {{ ref('rule_evaluations') }}
    where severity = 'warn' and rows_failing > 0

),

-- Entities that no register describes yet are missing from every figure of a register that changes carry on.
undescribed as (

    select distinct
        period,
        'registration_entities' as feed,
        'R-CHG-007' as rule_id
    from {{ ref('val_register_carried') }}
    where not is_described

),

batch_rules as (

    select rule_id
    from {{ ref('validation_rules') }}
    where level = 'batch'

),

of_batches as (

    select
        evaluations.period,
        evaluations.feed,
        evaluations.rule_id
    from evaluations
    inner join batch_rules on evaluations.rule_id = batch_rules.rule_id

    union all

    select
        period,
        feed,
        rule_id
    from undescribed

),

final as (

    select
        period,
        feed,
        {{ joined_set('rule_id') }} as flags
    from of_batches
    group by period, feed

)

select * from final
