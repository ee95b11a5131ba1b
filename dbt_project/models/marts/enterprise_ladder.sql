-- grain: one row per period and enterprise with a used return, in January with one of last December
with periods as (

    select
        period,
        month_end_on,
        -- January has no return: what is known is what December said.
        case when is_statistics_due then period else december_last_year end as return_period,
        december_last_year,
        prior_year_period
    from {{ ref('int_periods') }}

),

returns as (

    select
        period,
        town_code,
        credit_code,
        enterprise_name,
        is_above_scale,
        operating_revenue_ytd
    from {{ ref('int_statistics_enterprise') }}

),

honours as (

    select
        period,
        honour_type,
        credit_code,
        {{ fold_name('holder') }} as holder_folded,
        granted_on,
        expires_on
    from {{ ref('int_ledger_honours') }}

),

honour_months as (

    select period
    from {{ ref('int_feed_months') }}
    where feed = 'ledger_honours' and is_delivered

),

stages as (

    select
        ladder_stage,
        stage_order
    from {{ ref('ladder_stage_list') }}

),

limits as (

    select
        cast({{ threshold('above_scale_revenue') }} as decimal(18, 4)) as above_scale_revenue,
        cast({{ threshold('candidate_revenue') }} as decimal(18, 4)) as candidate_revenue

),

enterprises as (

    select
        periods.period,
        returns.town_code,
        returns.credit_code,
        returns.enterprise_name,
        {{ fold_name('returns.enterprise_name') }} as name_folded,
        returns.is_above_scale,
        {{ trailing_12m(
            'periods.return_period', 'returns.operating_revenue_ytd', 'december.operating_revenue_ytd',
            'year_before.operating_revenue_ytd',
        ) }} as trailing_12m_revenue
    from periods
    inner join returns
        on periods.return_period = returns.period
    left join returns as december
        on
            periods.december_last_year = december.period
            and returns.credit_code = december.credit_code
    left join returns as year_before
        on
            periods.prior_year_period = year_before.period
            and returns.credit_code = year_before.credit_code

),

-- Certificates valid on the month's last day. The code tells whose one is; without a code, the name.
valid_honours as (

    select
        honours.period,
        honours.honour_type,
        honours.credit_code,
        honours.holder_folded
    from honours
    inner join periods
        on honours.period = periods.period
    where
        honours.granted_on <= periods.month_end_on
        and coalesce(honours.expires_on >= periods.month_end_on, true)

),

held as (

    select
        enterprises.period,
        enterprises.credit_code,
        valid_honours.honour_type
    from enterprises
    inner join valid_honours
        on
            enterprises.period = valid_honours.period
            and enterprises.credit_code = valid_honours.credit_code
    union all
    select
        enterprises.period,
        enterprises.credit_code,
        valid_honours.honour_type
    from enterprises
    inner join valid_honours
        on
            enterprises.period = valid_honours.period
            and enterprises.name_folded = valid_honours.holder_folded
    where valid_honours.credit_code is null

),

held_together as (

    select
        period,
        credit_code,
        {{ joined_set('honour_type') }} as honours
    from held
    group by period, credit_code

),

-- Every stage that holds; what is not known holds nothing.
reached as (

    select
        held.period,
        held.credit_code,
        ladder_honours.ladder_stage
    from held
    inner join {{ ref('ladder_honours') }} as ladder_honours
        on held.honour_type = ladder_honours.honour_type
    union all
    select
        period,
        credit_code,
        'above_scale' as ladder_stage
    from enterprises
    where is_above_scale
    union all
    select
        enterprises.period,
        enterprises.credit_code,
        'candidate' as ladder_stage
    from enterprises
    cross join limits
    where enterprises.trailing_12m_revenue >= limits.candidate_revenue
    union all
    select
        period,
        credit_code,
        'micro' as ladder_stage
    from enterprises

),

first_stages as (

    select
        reached.period,
        reached.credit_code,
        reached.ladder_stage
    from reached
    inner join stages
        on reached.ladder_stage = stages.ladder_stage
    qualify
        row_number() over (
            partition by reached.period, reached.credit_code order by stages.stage_order
        ) = 1

),

final as (

    select
        enterprises.period,
        enterprises.town_code,
        enterprises.credit_code,
        -- The name of an individual business (kind 2 of its code) often is that of a person.
        case
            when substr(enterprises.credit_code, 2, 1) <> '2' then enterprises.enterprise_name
        end as enterprise_name,
        enterprises.is_above_scale,
        enterprises.trailing_12m_revenue,
        cast(
            case
                when enterprises.trailing_12m_revenue >= limits.above_scale_revenue then 0
                else limits.above_scale_revenue - enterprises.trailing_12m_revenue
            end as decimal(18, 4)
        ) as above_scale_gap,
        -- Without the ledger of honours nobody can say that an enterprise has none.
        case when honour_months.period is not null then first_stages.ladder_stage end as ladder_stage,
        held_together.honours,
        cast(null as {{ dbt.type_string() }}) as release_id
    from enterprises
    cross join limits
    inner join first_stages
        on
            enterprises.period = first_stages.period
            and enterprises.credit_code = first_stages.credit_code
    left join held_together
        on
            enterprises.period = held_together.period
            and enterprises.credit_code = held_together.credit_code
    left join honour_months
        on enterprises.period = honour_months.period

)

select * from final
