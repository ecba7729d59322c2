with source as (
    select * from {{ source('vocabulary', 'funding_sources') }}
),

renamed as (
    select
        {{ key(['funding_source_code']) }} as funding_source_key,
        funding_source_code,
        funding_source_name,
        funding_source_name_en
    from source
)

select * from renamed
