with source as (
    select * from {{ source('parsed', 'parsed_appearances') }}
),

renamed as (
    select
        ---------- ids
        document_id,
        sha256,
        ---------- text
        document_type,
        source_uri,
        source_url,
        ---------- numbers
        fiscal_year,
        ---------- times
        published_on,
        fetched_at
    from source
),

-- A document_id that a sidecar gives to several years or types still means one document of each.
ordered as (
    select
        *,
        lag(sha256) over (
            partition by document_id, fiscal_year, document_type
            order by coalesce(published_on, cast(fetched_at as date)), fetched_at, sha256, source_uri
        ) as sha256_before
    from renamed
),

-- Bytes that appear again without others in between are no new version; after others they are.
changed as (
    select * exclude (sha256_before) from ordered where sha256 is distinct from sha256_before
),

numbered as (
    select
        *,
        cast(row_number() over versions as integer) as version_no,
        lag(published_on) over versions as published_before
    from changed
    window versions as (
        partition by document_id, fiscal_year, document_type
        order by coalesce(published_on, cast(fetched_at as date)), fetched_at, sha256, source_uri
    )
),

counted as (
    select
        *,
        cast(row_number() over same_bytes as integer) as occurrence_no,
        lead(version_no) over same_bytes is null as is_last_occurrence
    from numbered
    window same_bytes as (partition by document_id, fiscal_year, document_type, sha256 order by version_no)
),

-- A version with the publication date of the one before it is a silent correction: known only since it was fetched.
stated as (
    select
        *,
        case
            when published_on is null or published_on = published_before then fetched_at
            else cast(published_on as timestamp)
        end as stated_at
    from counted
),

-- A version is in force no later than those that replace it: intervals never overlap and never run backwards.
dated as (
    select
        *,
        min(stated_at) over (
            partition by document_id, fiscal_year, document_type
            order by version_no
            rows between current row and unbounded following
        ) as known_at
    from stated
)

select
    {{ key(['document_id', 'fiscal_year', 'sha256', 'occurrence_no']) }} as document_key,
    * exclude (published_before, stated_at),
    lead(known_at) over versions as replaced_at,
    lead(version_no) over versions is null as is_current
from dated
window versions as (partition by document_id, fiscal_year, document_type order by version_no)
