with documents as (
    select
        document_key,
        document_id,
        version_no,
        sha256,
        source_uri,
        source_url,
        publisher,
        title,
        document_type,
        media_type,
        layout,
        encoding,
        fiscal_year,
        money_unit,
        published_on,
        fetched_at,
        known_at as valid_from,
        replaced_at as valid_to,
        is_current,
        is_source_present
    from {{ ref('stg_documents') }}
),

unknown as (
    select
        {{ unknown_key() }} as document_key,
        '' as document_id,
        0 as version_no,
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
order by document_id, version_no
