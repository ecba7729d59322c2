with source as (
    select * from {{ source('parsed', 'parsed_documents') }}
),

-- What the bytes state is staged once, under the last version that has them.
versions as (
    select * from {{ ref('stg_document_versions') }} where is_last_occurrence
),

renamed as (
    select
        ---------- ids
        versions.document_key,
        source.document_id,
        source.sha256,
        coalesce(source.region_code, '') as region_code,
        ---------- text
        versions.source_uri,
        versions.source_url,
        source.publisher,
        source.department_name,
        source.title,
        source.document_type,
        source.media_type,
        source.layout,
        source.encoding,
        source.money_unit,
        ---------- numbers
        source.fiscal_year,
        source.rows_read,
        source.rows_claimed,
        source.rows_ignored,
        source.pieces_read,
        source.pieces_rejected,
        source.results_read,
        source.executions_read,
        versions.version_no,
        ---------- times
        versions.published_on,
        versions.fetched_at,
        versions.known_at,
        versions.replaced_at,
        ---------- flags
        source.is_source_present,
        versions.is_current
    from source
    inner join versions
        on
            source.document_id = versions.document_id
            and source.sha256 = versions.sha256
            and source.fiscal_year = versions.fiscal_year
)

select * from renamed
