with reviewed as (
    select
        unit_key,
        unit_name,
        unit_symbol,
        quantity_kind,
        base_unit_name,
        to_base_factor,
        ucum_code,
        true as is_reviewed
    from {{ ref('stg_units') }}
),

-- A unit that nobody has reviewed yet is kept under the name with which it was read: 次/月 is a rate by its form.
printed as (
    select
        unit_key,
        unit_name,
        null as unit_symbol,
        case when contains(unit_name, '/') then 'rate' else 'other' end as quantity_kind,
        unit_name as base_unit_name,
        1 as to_base_factor,
        null as ucum_code,
        false as is_reviewed
    from (
        select unit_key, unit_name from {{ ref('stg_targets') }}
        union all
        select unit_key, unit_name from {{ ref('stg_results') }}
    )
    where unit_key != 0 and unit_key not in (select reviewed.unit_key from reviewed)
    group by unit_key, unit_name
),

unknown as (
    select
        {{ unknown_key() }} as unit_key,
        '未注明' as unit_name,
        null as unit_symbol,
        'other' as quantity_kind,
        '未注明' as base_unit_name,
        1 as to_base_factor,
        null as ucum_code,
        true as is_reviewed
),

members as (
    select * from reviewed
    union all by name
    select * from printed
    union all by name
    select * from unknown
)

select
    unit_key,
    unit_name,
    unit_symbol,
    quantity_kind,
    base_unit_name,
    cast(to_base_factor as decimal(24, 12)) as to_base_factor,
    ucum_code,
    is_reviewed
from members
order by unit_key
