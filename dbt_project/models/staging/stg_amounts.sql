with source as (
    select * from {{ source('parsed', 'parsed_amounts') }}
),

documents as (
    select
        document_key,
        document_id,
        sha256,
        fiscal_year,
        document_type,
        is_current
    from {{ ref('stg_documents') }}
),

projects as (
    select
        project_key,
        document_key,
        project_no,
        is_authoritative
    from {{ ref('stg_projects') }}
),

renamed as (
    select
        ---------- ids
        documents.document_key,
        coalesce(projects.project_key, {{ unknown_key() }}) as project_key,
        source.project_no,
        source.scope,
        source.funding_source_code,
        ---------- text
        source.unit_name,
        source.stated_text,
        source.stated_unit,
        documents.document_type,
        ---------- numbers
        source.fiscal_year,
        source.stated_amount,
        source.amount_cny,
        cast(length(regexp_extract(source.stated_text, '[.．]\s*([0-9０-９]+)', 1)) as integer) as stated_decimals,
        ---------- provenance
        source.source_table,
        source.source_row,
        source.source_column,
        source.covers_to_row,
        documents.is_current,
        coalesce(projects.is_authoritative, false) as is_authoritative
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
