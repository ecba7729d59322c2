with regions as (
    select * from {{ ref('stg_regions') }}
),

named as (
    select
        regions.region_key,
        regions.region_code,
        regions.region_name,
        regions.region_level,
        regions.parent_region_code,
        provinces.region_name as province_name,
        prefectures.region_name as prefecture_name
    from regions
    left join regions as provinces
        on provinces.region_level = 'province' and provinces.region_code = left(regions.region_code, 2) || '0000'
    left join regions as prefectures
        on prefectures.region_level = 'prefecture' and prefectures.region_code = left(regions.region_code, 4) || '00'
),

unknown as (
    select
        {{ unknown_key() }} as region_key,
        '' as region_code,
        '未注明' as region_name,
        '未注明' as region_level,
        null as parent_region_code,
        null as province_name,
        null as prefecture_name
)

select * from named
union all by name
select * from unknown
order by region_code
