-- grain: one row per month and feed whose batch as a whole carries a warning or stands under a waiver
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

marks as (

    select
        evaluations.period,
        evaluations.feed,
        evaluations.rule_id,
        cast(null as {{ dbt.type_string() }}) as waived_rule_id
    from evaluations
    inner join batch_rules on evaluations.rule_id = batch_rules.rule_id

    union all

    select
        period,
        feed,
        rule_id,
        cast(null as {{ dbt.type_string() }}) as waived_rule_id
    from undescribed

    union all

    select
        period,
        feed,
        cast(null as {{ dbt.type_string() }}) as rule_id,
        rule_id as waived_rule_id
    from {{ ref('int_waived_blocks') }}

),

final as (

    select
        period,
        feed,
        {{ joined_set('rule_id') }} as flags,
        count(waived_rule_id) > 0 as is_waived
    from marks
    group by period, feed

)

select * from final
