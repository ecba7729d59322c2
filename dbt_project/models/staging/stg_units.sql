with source as (
    select * from {{ source('vocabulary', 'units') }}
),

renamed as (
    select
        {{ key(['unit_name']) }} as unit_key,
        unit_name,
        unit_symbol,
        quantity_kind,
        base_unit_name,
        cast(to_base_factor as decimal(24, 12)) as to_base_factor,
        ucum_code
    from source
)

select * from renamed
