-- grain: one row per month with a return and place that has one: the output of its leading industry, and all output
with prefixes as (

    select distinct
        rules.town_code,
        terms.term as industry_prefix
    from {{ ref('membership_rules') }} as rules
    inner join {{ ref('stg_membership_terms') }} as terms
        on
            concat(rules.town_code, ' ', cast(rules.rule_order as {{ dbt.type_string() }}))
            = terms.rule_key
    where rules.chain_segment = 'core' and terms.kind = 'industry_prefixes'

),

returns as (

    select
        period,
        credit_code,
        town_code,
        industry_code,
        gross_output_value_ytd
    from {{ ref('int_statistics_enterprise') }}

),

places as (

    select town_code
    from {{ ref('int_places') }}

),

leading_returns as (

    select distinct
        returns.period,
        returns.credit_code
    from returns
    inner join prefixes
        on
            returns.town_code = prefixes.town_code
            and substr(returns.industry_code, 1, length(prefixes.industry_prefix))
            = prefixes.industry_prefix

),

final as (

    select
        returns.period,
        places.town_code,
        cast(
            sum(
                case
                    when leading_returns.credit_code is not null then returns.gross_output_value_ytd
                    else 0
                end
            ) as decimal(18, 4)
        ) as leading_output_ytd,
        cast(sum(returns.gross_output_value_ytd) as decimal(18, 4)) as output_ytd
    from returns
    inner join places
        on places.town_code in (returns.town_code, 'all')
    left join leading_returns
        on
            returns.period = leading_returns.period
            and returns.credit_code = leading_returns.credit_code
    group by returns.period, places.town_code

)

select * from final
