with documents as (
    select fiscal_year from {{ ref('stg_documents') }}
    union all
    select fiscal_year from {{ source('parsed', 'parsed_quarantined_documents') }}
),

stated as (
    select
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year
    from documents
),

years as (
    select cast(unnest(generate_series(first_year, last_year)) as integer) as fiscal_year
    from stated
    where first_year is not null
),

-- Five-year plans begin in years that end in 1 or 6, the seventh in 1986, the fourteenth (十四五) in 2021.
planned as (
    select
        fiscal_year,
        (fiscal_year - 1951) // 5 as plan_no
    from years
),

known as (
    select
        fiscal_year,
        make_date(fiscal_year, 1, 1) as start_date,
        make_date(fiscal_year, 12, 31) as end_date,
        case plan_no
            when 9 then '九五'
            when 10 then '十五'
            when 11 then '十一五'
            when 12 then '十二五'
            when 13 then '十三五'
            when 14 then '十四五'
            when 15 then '十五五'
            when 16 then '十六五'
            when 17 then '十七五'
            else '未注明'
        end as plan_period
    from planned
),

unknown as (
    select
        0 as fiscal_year,
        null as start_date,
        null as end_date,
        '未注明' as plan_period
)

select * from known
union all by name
select * from unknown
order by fiscal_year
