with source as (
    select * from {{ source('vocabulary', 'categories') }}
),

renamed as (
    select
        {{ key(['taxonomy', 'level1_name', 'level2_name']) }} as category_key,
        taxonomy,
        level1_code,
        level1_name,
        level2_code,
        level2_name
    from source
)

select * from renamed
