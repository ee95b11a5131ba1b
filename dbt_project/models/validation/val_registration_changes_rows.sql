-- grain: one row per delivered data row of the changes
with delivered as (

    {{ staged_rows('registration_changes') }}

),

-- A row of which one part of the key cannot be read is about the change that a later delivery is the first to hold and
-- that agrees in the two other parts: the nearest to a name that a change has. A code must be nearly the same, unless
-- the delivery was spoilt as a whole.
keys as (

    select
        _period,
        credit_code,
        change_type,
        changed_on,
        min(_arrival_no) as first_arrival_no
    from delivered
    where _has_valid_code and change_type is not null and changed_on is not null
    group by _period, credit_code, change_type, changed_on

),

spoilt as (

    select _delivery_id
    from delivered
    group by _delivery_id
    having not bool_or(_has_valid_code and change_type is not null and changed_on is not null)

),

mended as (

    select
        delivered._row_id,
        max({{ change_key('keys') }}) as row_name
    from delivered
    left join spoilt on delivered._delivery_id = spoilt._delivery_id
    inner join keys
        on
            delivered._period = keys._period
            and delivered._arrival_no < keys.first_arrival_no
            and case
                when not delivered._has_valid_code
                    then
                        delivered.change_type = keys.change_type
                        and delivered.changed_on = keys.changed_on
                        and (
                            spoilt._delivery_id is not null
                            or levenshtein(delivered.credit_code, keys.credit_code) <= 2
                        )
                when delivered.change_type is null
                    then delivered.credit_code = keys.credit_code and delivered.changed_on = keys.changed_on
                when delivered.changed_on is null
                    then delivered.credit_code = keys.credit_code and delivered.change_type = keys.change_type
                else false
            end
    group by delivered._row_id

),

staged as (

    select
        delivered.*,
        case
            when delivered._has_valid_code and delivered.change_type is not null and delivered.changed_on is not null
                then {{ change_key('delivered') }}
        end as change_key,
        mended.row_name
    from delivered
    left join mended on delivered._row_id = mended._row_id

),

{{ row_status(
    key='staged.change_key',
    name='coalesce(staged.change_key, staged.row_name)',
    content_columns=['credit_code', 'change_type', 'changed_on', 'particulars_id'],
    revisable_columns=['register_column', 'value_after'],
    comes_in_parts=true,
) }},

final as (

    select
        _period,
        _row_id,
        _delivery_id,
        _file,
        _sheet,
        _row,
        _row_kind,
        _arrival_no,
        _row_key,
        _status,
        _is_duplicate_key,
        _repeats,
        _revised,
        credit_code,
        change_type,
        changed_on,
        change_order,
        is_coming,
        has_known_item,
        register_column,
        value_after,
        _has_valid_code,
        _unreadable,
        _unreadable_cells,
        _impossible_dates
    from confronted

)

select * from final
