with sources as (
    select * from {{ ref('stg_funding_sources') }}
),

unknown as (
    select
        {{ unknown_key() }} as funding_source_key,
        '' as funding_source_code,
        '未注明' as funding_source_name,
        'not stated' as funding_source_name_en
)

select * from sources
union all by name
select * from unknown
order by funding_source_code
