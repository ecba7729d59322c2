with source as (
    select * from {{ source('parsed', 'parsed_indicators') }}
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
        source.indicator_no,
        case
            when source.level2_name is null then {{ unknown_key() }}
            else {{ key(['source.taxonomy', 'source.level1_name', 'source.level2_name']) }}
        end as category_key,
        ---------- text
        source.taxonomy,
        source.level1_text,
        source.level2_text,
        source.level1_name,
        source.level2_name,
        source.indicator_text,
        source.indicator_name,
        source.description_text,
        source.previous_text,
        projects.document_type,
        ---------- numbers
        source.fiscal_year,
        source.weight,
        ---------- provenance
        source.source_table,
        source.source_row,
        source.source_column,
        source.source_start,
        source.source_end,
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

select
    {{ key(['category_key', 'indicator_name']) }} as indicator_key,
    *
from renamed
