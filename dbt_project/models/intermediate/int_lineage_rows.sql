-- grain: one row per month and delivered row that stands behind a figure, or is left out of one
-- Registers are large: of them only the rows that contribute, what those replaced, and what was set aside. Of changes
-- only those on top of a contributing row, and what was left out.
{%- set no_town = ['registration_entities', 'registration_changes', 'ledger_tasks'] %}

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

registration_entities_behind as (

    select distinct row_id
    from {{ ref('int_contributions_registration_entities') }}
    where row_id is not null

),

registration_changes_behind as (

    select distinct row_id
    from {{ ref('int_lineage_changes') }}

),

{%- for feed in row_feeds() %}

{{ feed }}_marks as (

    select
        period,
        row_id,
        {{ joined_set('rule_id') }} as rules,
        bool_or(severity = 'quarantine') as is_set_aside
    from {{ ref('val_' ~ feed) }}
    group by period, row_id

),

{#- Which rows of the feed are looked at. -#}
{%- if feed in ['registration_entities', 'registration_changes'] %}

{{ feed }}_chosen as (

    select row_id from {{ feed }}_behind
    union distinct
    select row_id from {{ feed }}_marks
    where is_set_aside
    {%- if feed == 'registration_changes' %}
    union distinct
    select _row_id as row_id from {{ ref('val_registration_changes_rows') }}
    where _status <> 'in_force'
    {%- endif %}

),

{{ feed }}_seen as (

    select feed_rows.*
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    inner join {{ feed }}_chosen as chosen on feed_rows._row_id = chosen.row_id

),
{%- if feed == 'registration_entities' %}

-- What a contributing row replaced: an earlier register of the month, or the same row twice.
{{ feed }}_replaced as (

    select feed_rows.*
    from {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
    inner join {{ feed }}_seen as seen
        on
            feed_rows._period = seen._period
            and feed_rows._row_key = seen._row_key
            and seen._status = 'in_force'
            and not seen._is_duplicate_key
    where feed_rows._status <> 'in_force'

),
{%- endif %}
{%- endif %}

{{ feed }}_rows as (

    select
        {%- for column in ['_period', '_row_id', '_delivery_id', '_file', '_sheet', '_row', '_row_key', '_status'] %}
        {{ column }},
        {%- endfor %}
        {{ 'cast(null as ' ~ dbt.type_string() ~ ')' if feed in no_town else 'town_code' }} as town_code
    from {{ feed ~ '_seen' if feed in ['registration_entities', 'registration_changes'] else ref('val_' ~ feed ~ '_rows') }}
    {%- if feed == 'registration_entities' %}
    union distinct
    select
        {%- for column in ['_period', '_row_id', '_delivery_id', '_file', '_sheet', '_row', '_row_key', '_status'] %}
        {{ column }},
        {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as town_code
    from {{ feed }}_replaced
    {%- endif %}

),

-- Of two different rows of one key, which are both set aside, the first stands for what replaced the earlier ones.
{{ feed }}_in_force as (

    select
        _period,
        _row_key,
        min(_row_id) as row_id
    from {{ feed ~ '_rows' if feed == 'registration_entities' else ref('val_' ~ feed ~ '_rows') }}
    where _status = 'in_force' and _row_key is not null
    group by _period, _row_key

),

{{ feed }}_set_aside as (

    select distinct row_id
    from {{ feed }}_marks
    where is_set_aside

),

{{ feed }}_found as (

    select
        feed_rows._period as period,
        feed_rows._row_id as row_id,
        feed_rows._delivery_id as delivery_id,
        feed_rows._file as file,
        feed_rows._sheet as sheet,
        feed_rows._row as row_no,
        feed_rows._row_key as row_key,
        feed_rows.town_code,
        case
            when feed_rows._status <> 'in_force' then feed_rows._status
            when set_aside.row_id is not null then 'set_aside'
            else 'used'
        end as status,
        marks.rules,
        case when feed_rows._status <> 'in_force' then in_force.row_id end as replaced_by
    from {{ feed }}_rows as feed_rows
    left join {{ feed }}_set_aside as set_aside on feed_rows._row_id = set_aside.row_id
    left join {{ feed }}_marks as marks on feed_rows._row_id = marks.row_id and feed_rows._period = marks.period
    left join {{ feed }}_in_force as in_force
        on feed_rows._period = in_force._period and feed_rows._row_key = in_force._row_key

    union all

    -- A row of last month that is gone is missed in this month.
    select
        marks.period,
        feed_rows._row_id as row_id,
        feed_rows._delivery_id as delivery_id,
        feed_rows._file as file,
        feed_rows._sheet as sheet,
        feed_rows._row as row_no,
        feed_rows._row_key as row_key,
        feed_rows.town_code,
        'vanished' as status,
        marks.rules,
        cast(null as {{ dbt.type_string() }}) as replaced_by
    from {{ feed }}_marks as marks
    inner join {{ feed }}_rows as feed_rows
        on marks.row_id = feed_rows._row_id and marks.period <> feed_rows._period

),
{%- endfor %}

found as (

    {%- for feed in row_feeds() %}
    select
        '{{ feed }}' as feed,
        *
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
    left join corrections
        on
            found.status in ('used', 'set_aside')
            and found.delivery_id = corrections.delivery_id
            and found.file = corrections.file
            and coalesce(found.sheet, '') = coalesce(corrections.sheet, '')
            and found.row_no = corrections.row_no

)

select * from final
