-- grain: one row per registered entity, town and unbroken spell of months that say the same of it
with months as (

    select
        period,
        row_number() over (order by period) as month_no
    from {{ ref('int_feed_months') }}
    where feed = 'registration_entities' and has_data

),

-- Of the register only the towns' own entities, and no more of these than is compared.
stated as (

    select
        segments.credit_code,
        segments.town_code,
        segments.period,
        segments._delivery_id,
        months.month_no,
        concat(
            segments.chain_segment, '|',
            coalesce(segments.entity_type, ''), '|',
            segments.status_group, '|',
            coalesce(cast(segments.established_on as {{ dbt.type_string() }}), ''), '|',
            coalesce(cast(segments.cancelled_on as {{ dbt.type_string() }}), '')
        ) as said
    from {{ ref('int_entity_segments') }} as segments
    inner join months on segments.period = months.period

),

-- A month without any register says nothing, so it breaks no spell; one whose register has not the entity does.
compared as (

    select
        credit_code,
        town_code,
        period,
        month_no,
        _delivery_id,
        coalesce(
            said = lag(said) over (partition by credit_code, town_code order by month_no)
            and month_no - 1 = lag(month_no) over (partition by credit_code, town_code order by month_no),
            false
        ) as is_going_on,
        coalesce(
            said = lead(said) over (partition by credit_code, town_code order by month_no)
            and month_no + 1 = lead(month_no) over (partition by credit_code, town_code order by month_no),
            false
        ) as goes_on
    from stated

),

-- Only the first and the last month of each spell are left: of a first that is not the last, the last is the next.
bounds as (

    select
        credit_code,
        town_code,
        period as valid_from,
        _delivery_id,
        is_going_on,
        case
            when goes_on then lead(period) over (partition by credit_code, town_code order by month_no)
            else period
        end as valid_to
    from compared
    where not is_going_on or not goes_on

),

latest as (

    select max(period) as period
    from months

),

spells as (

    select
        bounds.credit_code,
        bounds.town_code,
        bounds.valid_from,
        bounds._delivery_id,
        nullif(bounds.valid_to, latest.period) as valid_to,
        bounds.valid_to = latest.period as is_current
    from bounds
    cross join latest
    where not bounds.is_going_on

),

final as (

    select
        spells.credit_code,
        spells.town_code,
        segments.chain_segment,
        segments.entity_type,
        segments.status_group,
        segments.established_on,
        segments.cancelled_on,
        spells.valid_from,
        spells.valid_to,
        spells.is_current,
        arrivals.known_from
    from spells
    inner join {{ ref('int_entity_segments') }} as segments
        on
            spells.credit_code = segments.credit_code
            and spells.town_code = segments.town_code
            and spells.valid_from = segments.period
    left join {{ ref('int_register_arrivals') }} as arrivals
        on spells.valid_from = arrivals.period and spells._delivery_id = arrivals.delivery_id

)

select * from final
