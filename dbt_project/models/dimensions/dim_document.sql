with versions as (
    select * from {{ ref('stg_document_versions') }}
),

contents as (
    select * from {{ ref('stg_documents') }}
),

-- Versions with equal bytes state the same of themselves, at different times.
documents as (
    select
        versions.document_key,
        versions.document_id,
        versions.version_no,
        versions.occurrence_no,
        versions.sha256,
        versions.source_uri,
        versions.source_url,
        contents.publisher,
        contents.title,
        versions.document_type,
        contents.media_type,
        contents.layout,
        contents.encoding,
        versions.fiscal_year,
        contents.money_unit,
        versions.published_on,
        versions.fetched_at,
        versions.known_at as valid_from,
        versions.replaced_at as valid_to,
        versions.is_current,
        contents.is_source_present
    from versions
    inner join contents
        on
            versions.document_id = contents.document_id
            and versions.fiscal_year = contents.fiscal_year
            and versions.sha256 = contents.sha256
),

unknown as (
    select
        {{ unknown_key() }} as document_key,
        '' as document_id,
        0 as version_no,
        0 as occurrence_no,
        '' as sha256,
        '' as source_uri,
        '未注明' as publisher,
        '未注明' as title,
        '未注明' as document_type,
        0 as fiscal_year,
        false as is_current,
        false as is_source_present
)

select * from documents
union all by name
select * from unknown
order by document_id, fiscal_year, document_type, version_no
