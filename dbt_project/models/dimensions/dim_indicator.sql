with indicators as (
    select
        indicator_key,
        category_key,
        indicator_name
    from {{ ref('stg_indicators') }}
    group by indicator_key, category_key, indicator_name
),

unknown as (
    select
        {{ unknown_key() }} as indicator_key,
        {{ unknown_key() }} as category_key,
        '未注明' as indicator_name
)

select * from indicators
union all by name
select * from unknown
order by indicator_key
