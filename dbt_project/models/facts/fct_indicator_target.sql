{{ indicator_target_rows('is_authoritative') }}
