-- grain: one row per month and delivered row that stands behind a figure, or is left out of one
-- Registers are large: of them only the rows that contribute, what those replaced, and what was set aside. Of changes
-- only those on top of a contributing row, and what was left out.
{%- set registers = ['registration_entities', 'registration_changes'] %}
{%- set others = row_feeds() | reject('in', registers) | list %}
{%- set without_town = ['registration_changes', 'ledger_tasks'] %}

with corrections as (

    select
        delivery_id,
        file,
        sheet,
        row_no,
        {{ joined_set('correction_id') }} as corrections
    from {{ ref('val_declared_corrections') }}
    where outcome = 'applied'
    group by delivery_id, file, sheet, row_no

),

changes_behind as (

    select distinct row_id
    from {{ ref('int_lineage_changes') }}

),

chosen_entities as (

    select row_id
    from {{ ref('int_contributions_registration_entities') }}
    where row_id is not null
    union distinct
    select row_id
    from {{ ref('val_registration_entities') }}
    where severity = 'quarantine'

),

registered as (

    select entities.*
    from {{ ref('val_registration_entities_rows') }} as entities
    inner join chosen_entities on entities._row_id = chosen_entities.row_id

),

-- What a contributing row replaced: that of an earlier register of the month, or itself said twice.
replaced as (

    select entities.*
    from {{ ref('val_registration_entities_rows') }} as entities
    inner join registered
        on
            entities._period = registered._period
            and entities._row_key = registered._row_key
            and registered._status = 'in_force'
            and not registered._is_duplicate_key
    where entities._status <> 'in_force'

),

registration_entities_delivered as (

    {%- for relation in ['registered', 'replaced'] %}
    select
        _period,
        _row_id,
        _delivery_id,
        _file,
        _sheet,
        _row,
        _row_key,
        _status,
        cast(null as {{ dbt.type_string() }}) as town_code
    from {{ relation }}
    {%- if not loop.last %}

    union distinct
    {% endif %}
    {%- endfor %}

),

{%- for feed in others + ['registration_changes'] %}

{{ feed }}_delivered as (

    select
        _period,
        _row_id,
        _delivery_id,
        _file,
        _sheet,
        _row,
        _row_key,
        _status,
        cast({{ 'null' if feed in without_town else 'town_code' }} as {{ dbt.type_string() }}) as town_code
    from {{ ref('val_' ~ feed ~ '_rows') }}

),
{%- endfor %}

{%- for feed in others + registers %}

{{ feed }}_marks as (

    select
        period,
        row_id,
        {{ joined_set('rule_id') }} as rules
    from {{ ref('val_' ~ feed) }}
    group by period, row_id

),

{{ feed }}_set_aside as (

    select distinct row_id
    from {{ ref('val_' ~ feed) }}
    where severity = 'quarantine'

),

-- Of two different rows of one key, which are both set aside, the first stands for what replaced the earlier ones.
{{ feed }}_in_force as (

    select
        _period,
        _row_key,
        min(_row_id) as row_id
    from {{ feed }}_delivered
    where _status = 'in_force' and _row_key is not null
    group by _period, _row_key

),

{{ feed }}_found as (

    select
        delivered._period as period,
        delivered._row_id as row_id,
        delivered._delivery_id as delivery_id,
        delivered._file as file,
        delivered._sheet as sheet,
        delivered._row as row_no,
        delivered._row_key as row_key,
        delivered.town_code,
        case
            when delivered._status <> 'in_force' then delivered._status
            when set_aside.row_id is not null then 'set_aside'
            else 'used'
        end as status,
        marks.rules,
        case when delivered._status <> 'in_force' then in_force.row_id end as replaced_by
    from {{ feed }}_delivered as delivered
    left join {{ feed }}_set_aside as set_aside on delivered._row_id = set_aside.row_id
    left join {{ feed }}_marks as marks on delivered._row_id = marks.row_id and delivered._period = marks.period
    left join {{ feed }}_in_force as in_force
        on delivered._period = in_force._period and delivered._row_key = in_force._row_key

    union all

    -- A row of last month that is gone is missed in this month.
    select
        marks.period,
        delivered._row_id as row_id,
        delivered._delivery_id as delivery_id,
        delivered._file as file,
        delivered._sheet as sheet,
        delivered._row as row_no,
        delivered._row_key as row_key,
        delivered.town_code,
        'vanished' as status,
        marks.rules,
        cast(null as {{ dbt.type_string() }}) as replaced_by
    from {{ feed }}_marks as marks
    inner join {{ feed }}_delivered as delivered
        on marks.row_id = delivered._row_id and marks.period <> delivered._period

),
{%- endfor %}

found as (

    {%- for feed in others + registers %}
    select
        '{{ feed }}' as feed,
        {{ feed }}_found.*
    from {{ feed }}_found
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        found.period,
        found.feed,
        found.row_id,
        found.delivery_id,
        found.file,
        found.sheet,
        found.row_no,
        found.row_key,
        found.town_code,
        found.status,
        found.rules,
        found.replaced_by,
        corrections.corrections
    from found
    left join changes_behind on found.row_id = changes_behind.row_id
    left join corrections
        on
            found.status in ('used', 'set_aside')
            and found.delivery_id = corrections.delivery_id
            and found.file = corrections.file
            and coalesce(found.sheet, '') = coalesce(corrections.sheet, '')
            and found.row_no = corrections.row_no
    where found.feed <> 'registration_changes' or found.status <> 'used' or changes_behind.row_id is not null

)

select * from final
