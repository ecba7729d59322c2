with amounts as (
    select * from {{ ref('stg_amounts') }}
    where
        is_authoritative
        and document_type = 'target'
        and scope = 'project'
        and funding_source_code != 'total'
        and {{ in_scope() }}
),

sources as (
    select funding_source_key, funding_source_code from {{ ref('dim_funding_source') }}
)

select
    ---------- keys
    amounts.project_key,
    amounts.fiscal_year,
    make_date(amounts.fiscal_year, 1, 1) as fiscal_year_start_date,
    coalesce(sources.funding_source_key, {{ unknown_key() }}) as funding_source_key,
    amounts.document_key,
    ---------- amounts
    amounts.amount_cny,
    amounts.stated_amount,
    amounts.stated_unit,
    ---------- provenance
    amounts.project_no,
    amounts.source_table,
    amounts.source_row,
    amounts.source_column
from amounts
left join sources on amounts.funding_source_code = sources.funding_source_code
order by amounts.fiscal_year, amounts.document_key, amounts.project_no, amounts.source_column
