with source as (
    select * from {{ source('parsed', 'parsed_executions') }}
),

projects as (
    select
        project_key,
        document_key,
        document_id,
        sha256,
        fiscal_year,
        project_no,
        document_type,
        is_current,
        is_authoritative
    from {{ ref('stg_projects') }}
),

renamed as (
    select
        ---------- ids
        projects.document_key,
        projects.project_key,
        source.project_no,
        source.funding_source_code,
        ---------- text
        source.stated_text,
        projects.document_type,
        ---------- numbers
        source.fiscal_year,
        source.initial_budget_cny,
        source.adjusted_budget_cny,
        source.executed_cny,
        source.amount_step_cny,
        source.execution_rate,
        source.execution_rate_decimals,
        source.weight,
        source.score,
        ---------- provenance
        source.source_table,
        source.source_row,
        source.source_column,
        projects.is_current,
        projects.is_authoritative
    from source
    inner join projects
        on
            source.document_id = projects.document_id
            and source.sha256 = projects.sha256
            and source.fiscal_year = projects.fiscal_year
            and source.project_no = projects.project_no
)

select * from renamed
