with source as (
    select * from {{ source('parsed', 'parsed_findings') }}
),

documents as (
    select
        document_key,
        document_id,
        sha256,
        fiscal_year,
        is_current
    from {{ ref('stg_documents') }}
),

projects as (
    select
        project_key,
        document_key,
        project_no
    from {{ ref('stg_projects') }}
),

renamed as (
    select
        ---------- ids
        documents.document_key,
        coalesce(projects.project_key, {{ unknown_key() }}) as project_key,
        source.indicator_no,
        source.horizon,
        source.rule_code,
        source.severity,
        ---------- text
        source.message,
        source.evidence,
        ---------- numbers
        source.fiscal_year,
        documents.is_current
    from source
    inner join documents
        on
            source.document_id = documents.document_id
            and source.sha256 = documents.sha256
            and source.fiscal_year = documents.fiscal_year
    left join projects
        on documents.document_key = projects.document_key and source.project_no = projects.project_no
)

select * from renamed
