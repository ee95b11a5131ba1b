-- grain: one row per month without a register of its own and entity: the latest register with the changes since
with {{ carried_changes() }},

last_changes as (

    select
        period,
        credit_code,
        register_column,
        value_after,
        changed_on,
        _row_id,
        _delivery_id
    from changes
    where value_after is not null
    qualify
        row_number() over (
            partition by period, credit_code, register_column
            order by changed_on desc, change_order desc, change_period desc, _arrival_no desc, _row_id desc
        ) = 1

),

{%- set texts = ['entity_name', 'entity_type', 'established_on', 'division_code', 'industry_code', 'business_scope'] %}

changed_cells as (

    select
        period,
        credit_code,
        {%- for column in texts %}
        max(case when register_column = '{{ column }}' then value_after end) as {{ column }},
        {%- endfor %}
        max(case when register_column = 'registration_status' then value_after end) as status_group,
        max(case when register_column = 'registration_status' then changed_on end) as status_since_on,
        max(case when register_column = 'registration_status' then _row_id end) as _row_id,
        max(case when register_column = 'registration_status' then _delivery_id end) as _delivery_id
    from last_changes
    group by period, credit_code

),

marks as (

    select
        period,
        register_period,
        credit_code,
        {{ joined_parts('warnings') }} as warnings,
        {{ joined_set('revised_column') }} as revised
    from changes
    group by period, register_period, credit_code

),

broken_entities as (

    select distinct row_id
    from {{ ref('val_registration_entities') }}
    where severity = 'quarantine'

),

entity_warnings as (

    select
        row_id,
        {{ joined_set('rule_id') }} as warnings
    from {{ ref('val_registration_entities') }}
    where severity = 'warn'
    group by row_id

),

registered as (

    select
        months.period,
        entities.credit_code,
        entities.entity_name,
        entities.entity_type,
        entities.established_on,
        entities.status_group,
        entities.cancelled_on,
        entities.division_code,
        entities.industry_code,
        entities.business_scope,
        entities._row_id,
        entities._delivery_id,
        entity_warnings.warnings,
        entities._revised
    from months
    inner join {{ ref('val_registration_entities_rows') }} as entities
        on months.register_period = entities._period
    left join broken_entities on entities._row_id = broken_entities.row_id
    left join entity_warnings on entities._row_id = entity_warnings.row_id
    where entities._status = 'in_force' and broken_entities.row_id is null

),

described as (

    select
        registered.period,
        registered.credit_code,
        coalesce(changed_cells.entity_name, registered.entity_name) as entity_name,
        coalesce(changed_cells.entity_type, registered.entity_type) as entity_type,
        coalesce(cast(changed_cells.established_on as date), registered.established_on) as established_on,
        coalesce(changed_cells.status_group, registered.status_group) as status_group,
        case
            when changed_cells.status_group in ('cancelled', 'revoked', 'moved_out')
                then changed_cells.status_since_on
            when changed_cells.status_group is null then registered.cancelled_on
        end as cancelled_on,
        coalesce(changed_cells.division_code, registered.division_code) as division_code,
        coalesce(changed_cells.industry_code, registered.industry_code) as industry_code,
        coalesce(changed_cells.business_scope, registered.business_scope) as business_scope,
        true as is_described,
        registered._row_id,
        registered._delivery_id,
        {{ merged_parts(['registered.warnings', 'marks.warnings']) }} as _warnings,
        nullif(concat(
            coalesce(registered._revised, ''),
            case when marks.revised is not null then concat(marks.revised, '|') else '' end
        ), '') as _revised
    from registered
    left join changed_cells
        on registered.period = changed_cells.period and registered.credit_code = changed_cells.credit_code
    left join marks on registered.period = marks.period and registered.credit_code = marks.credit_code

),

-- Known by its changes alone: whether it is active can be said, where it belongs cannot.
undescribed as (

    select
        changed_cells.period,
        changed_cells.credit_code,
        changed_cells.entity_name,
        changed_cells.entity_type,
        cast(changed_cells.established_on as date) as established_on,
        changed_cells.status_group,
        case
            when changed_cells.status_group in ('cancelled', 'revoked', 'moved_out')
                then changed_cells.status_since_on
        end as cancelled_on,
        changed_cells.division_code,
        changed_cells.industry_code,
        changed_cells.business_scope,
        false as is_described,
        changed_cells._row_id,
        changed_cells._delivery_id,
        marks.warnings as _warnings,
        case when marks.revised is not null then concat(marks.revised, '|') end as _revised
    from changed_cells
    inner join marks on changed_cells.period = marks.period and changed_cells.credit_code = marks.credit_code
    left join registered
        on changed_cells.period = registered.period and changed_cells.credit_code = registered.credit_code
    where registered.credit_code is null and changed_cells.status_group is not null

),

final as (

    {%- for relation in ['described', 'undescribed'] %}
    select
        period,
        credit_code,
        entity_name,
        entity_type,
        established_on,
        status_group,
        cancelled_on,
        division_code,
        industry_code,
        business_scope,
        is_described,
        _row_id,
        _delivery_id,
        _warnings,
        _revised
    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final
