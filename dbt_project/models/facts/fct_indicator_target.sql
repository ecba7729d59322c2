with targets as (
    select * from {{ ref('stg_targets') }}
    where is_authoritative and document_type = 'target' and {{ in_scope() }}
),

units as (
    select
        unit_key,
        to_base_factor
    from {{ ref('dim_unit') }}
),

-- A product beyond 38 digits is none: the value itself is kept.
multiplied as (
    select
        targets.*,
        try(targets.lower_value * units.to_base_factor) as lower_product,
        try(targets.upper_value * units.to_base_factor) as upper_product
    from targets
    left join units on targets.unit_key = units.unit_key
)

select
    ---------- keys
    targets.project_key,
    targets.fiscal_year,
    make_date(targets.fiscal_year, 1, 1) as fiscal_year_start_date,
    targets.indicator_key,
    targets.category_key,
    targets.document_key,
    targets.indicator_no,
    targets.horizon,
    targets.measure_no,
    ---------- text
    targets.joiner,
    targets.target_text,
    targets.target_kind,
    targets.comparator,
    ---------- numbers
    targets.lower_value,
    targets.upper_value,
    targets.unit_key,
    targets.unit_text,
    {{ base_value('targets.lower_product') }} as base_lower_value,
    {{ base_value('targets.upper_product') }} as base_upper_value,
    targets.qualifier,
    targets.weight,
    ---------- times
    targets.deadline_comparator,
    targets.deadline_date,
    targets.deadline_precision,
    ---------- reading
    targets.parse_grade,
    targets.residual_text,
    targets.is_comparator_inherited,
    ---------- provenance
    targets.source_table,
    targets.source_row,
    targets.source_column,
    targets.source_start,
    targets.source_end
from multiplied as targets
order by
    targets.fiscal_year asc,
    targets.document_key asc,
    targets.source_table asc,
    targets.source_row asc,
    targets.indicator_no asc,
    targets.horizon desc,
    targets.measure_no asc
