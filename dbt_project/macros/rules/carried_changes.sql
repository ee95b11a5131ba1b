{#- CTEs up to `changes`: the changes that stand on top of the latest register, for months without one of their own.
    One row per month and change that the register cannot know yet and that is used. One that came late counts from the
    month in which it came, by its day. -#}
{% macro carried_changes() -%}
months as (

    select
        period,
        register_period,
        register_end_on
    from {{ ref('val_register_months') }}
    where is_carried

),

broken_changes as (

    select distinct row_id
    from {{ ref('val_registration_changes') }}
    where severity = 'quarantine'

),

change_warnings as (

    select
        row_id,
        {{ joined_set('rule_id') }} as warnings
    from {{ ref('val_registration_changes') }}
    where severity = 'warn'
    group by row_id

),

changes as (

    select
        months.period,
        months.register_period,
        changes._period as change_period,
        changes._arrival_no,
        changes._row_id,
        changes._delivery_id,
        changes.credit_code,
        changes.changed_on,
        changes.change_order,
        changes.register_column,
        changes.value_after,
        change_warnings.warnings,
        case when changes._revised is not null then changes.register_column end as revised_column
    from months
    inner join {{ ref('val_registration_changes_rows') }} as changes
        on
            months.register_period < changes._period
            and months.period >= changes._period
            and months.register_end_on < changes.changed_on
    left join broken_changes on changes._row_id = broken_changes.row_id
    left join change_warnings on changes._row_id = change_warnings.row_id
    where changes._status = 'in_force' and broken_changes.row_id is null

)
{%- endmacro %}
