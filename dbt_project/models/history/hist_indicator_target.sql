{{ indicator_target_rows('not is_authoritative') }}
