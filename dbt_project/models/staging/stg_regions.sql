with source as (
    select * from {{ source('vocabulary', 'regions') }}
),

renamed as (
    select
        {{ key(['region_code']) }} as region_key,
        region_code,
        region_name,
        region_level,
        parent_region_code
    from source
)

select * from renamed
