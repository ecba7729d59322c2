with categories as (
    select * from {{ ref('stg_indicator_categories') }}
),

unknown as (
    select
        {{ unknown_key() }} as category_key,
        '未注明' as taxonomy,
        '' as level1_code,
        '未注明' as level1_name,
        '' as level2_code,
        '未注明' as level2_name
)

select * from categories
union all by name
select * from unknown
order by taxonomy, level2_code
