with source as (
    select * from {{ source('parsed', 'parsed_quarantined_documents') }}
)

select
    source_uri,
    sha256,
    fiscal_year,
    reason_code,
    message,
    place,
    evidence,
    fetched_at
from source
order by source_uri, sha256
