with source as (
    select * from {{ source('parsed', 'parsed_quarantined_rows') }}
),

documents as (
    select
        document_key,
        document_id,
        sha256,
        fiscal_year
    from {{ ref('stg_documents') }}
    where is_current
),

projects as (
    select
        project_key,
        document_key,
        project_no
    from {{ ref('stg_projects') }}
)

select
    documents.document_key,
    coalesce(projects.project_key, {{ unknown_key() }}) as project_key,
    source.fiscal_year,
    source.reason_code,
    source.message,
    source.evidence,
    source.source_table,
    source.source_row,
    source.source_column,
    source.source_start,
    source.source_end
from source
inner join documents
    on
        source.document_id = documents.document_id
        and source.sha256 = documents.sha256
        and source.fiscal_year = documents.fiscal_year
left join projects on documents.document_key = projects.document_key and source.project_no = projects.project_no
order by source.fiscal_year, documents.document_key, source.source_row, source.source_start
