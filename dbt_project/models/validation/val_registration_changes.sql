-- grain: one row per delivered row and broken rule
{#- Of an entity that is still there; a new one can have paused by the month's end. -#}
{%- set present = "('active', 'suspended', 'liquidation')" %}

with broken_cells as (

    select distinct row_id
    from {{ ref('val_registration_changes_cells') }}
    where severity = 'quarantine'

),

sound as (

    select changes.*
    from {{ ref('val_registration_changes_rows') }} as changes
    left join broken_cells on changes._row_id = broken_cells.row_id
    where changes._status = 'in_force' and broken_cells.row_id is null

),

asked as (

    select
        sound.*,
        months.register_period,
        months.register_end_on,
        months.is_own,
        coalesce(sound.changed_on <= months.register_end_on and (months.is_own or months.is_carried), false)
            as is_held_against
    from sound
    inner join {{ ref('val_register_months') }} as months on sound._period = months.period

),

questions as (

    select distinct
        register_period,
        credit_code
    from asked

),

broken_entities as (

    select distinct row_id
    from {{ ref('val_registration_entities') }}
    where severity = 'quarantine'

),

-- What the register says of these entities; a row that was set aside says nothing, but the entity is there.
answers as (

    select
        entities._period as register_period,
        entities.credit_code,
        broken_entities.row_id is null as is_sound,
        entities.entity_name,
        entities.entity_type,
        entities.established_on,
        entities.registration_status,
        entities.status_group,
        entities.division_code,
        entities.industry_code,
        entities.business_scope
    from {{ ref('val_registration_entities_rows') }} as entities
    inner join questions
        on entities._period = questions.register_period and entities.credit_code = questions.credit_code
    left join broken_entities on entities._row_id = broken_entities.row_id
    where entities._status = 'in_force'
    qualify
        row_number() over (
            partition by entities._period, entities.credit_code order by broken_entities.row_id nulls first
        ) = 1

),

asked_months as (

    select distinct
        _period,
        register_end_on
    from asked

),

-- Of several changes of one entity the register shows the last: those that its month knew, in the order of their days.
last_words as (

    select
        months._period,
        earlier.credit_code,
        earlier.register_column,
        earlier._row_id,
        earlier.value_after
    from asked_months as months
    inner join sound as earlier
        on months._period >= earlier._period and months.register_end_on >= earlier.changed_on
    where earlier.value_after is not null
    qualify
        row_number() over (
            partition by months._period, earlier.credit_code, earlier.register_column
            order by
                earlier.changed_on desc, earlier.change_order desc, earlier._period desc, earlier._arrival_no desc,
                earlier._row_id desc
        ) = 1

),

answered as (

    select
        asked.*,
        answers.credit_code is not null as is_there,
        coalesce(answers.is_sound, false) as is_described,
        last_words._row_id is not null as is_last_word,
        coalesce(last_statuses.value_after, 'active') in {{ present }} as must_be_there,
        answers.registration_status,
        coalesce(
            case asked.register_column
                when 'registration_status'
                    then
                        answers.status_group = asked.value_after
                        or (asked.is_coming and answers.status_group in {{ present }})
                when 'entity_type' then answers.entity_type = asked.value_after
                when 'established_on'
                    then cast(answers.established_on as {{ dbt.type_string() }}) = asked.value_after
                when 'industry_code' then answers.industry_code = asked.value_after
                when 'division_code'
                    then
                        substr(answers.division_code, 1, length(asked.value_after)) = asked.value_after
                        or substr(asked.value_after, 1, length(answers.division_code)) = answers.division_code
                when 'entity_name' then {{ fold_name('answers.entity_name') }} = {{ fold_name('asked.value_after') }}
                when 'business_scope'
                    then {{ fold_name('answers.business_scope') }} = {{ fold_name('asked.value_after') }}
            end,
            true
        ) as agrees
    from asked
    left join answers
        on asked.register_period = answers.register_period and asked.credit_code = answers.credit_code
    left join last_words on asked._period = last_words._period and asked._row_id = last_words._row_id
    left join last_words as last_statuses
        on
            asked._period = last_statuses._period
            and asked.credit_code = last_statuses.credit_code
            and last_statuses.register_column = 'registration_status'

),

across as (

    {{ broken_rules([
        {
            'id': 'R-CHG-007', 'column': "'credit_code'", 'seen': 'rows_of_feed._row_key',
            'when': 'not rows_of_feed.is_own and not rows_of_feed.is_held_against and not rows_of_feed.is_described',
        },
        {
            'id': 'R-CHG-008',
            'column': "case when not rows_of_feed.is_there then 'credit_code' "
                ~ "when rows_of_feed.change_type = '变更' then 'value_after' else 'change_type' end",
            'seen': "concat(rows_of_feed.change_type, ' / ', case when rows_of_feed.is_there "
                ~ "then rows_of_feed.registration_status else '登记全量中没有' end)",
            'when': 'rows_of_feed.is_held_against and case '
                ~ 'when not rows_of_feed.is_there then rows_of_feed.must_be_there '
                ~ 'else rows_of_feed.is_described and rows_of_feed.is_last_word and not rows_of_feed.agrees end',
        },
    ], relation='answered') }}

),

across_with_severity as (

    {{ with_severity('registration_changes', 'across') }}

),

final as (

    {{ all_broken('registration_changes') }}

)

select * from final
