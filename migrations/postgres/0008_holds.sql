-- Finds holds whose time ran out. The others, by far the most, are not in it.
CREATE INDEX holds_by_expiry ON holds (expires_at) WHERE status = 'pending' AND expires_at IS NOT NULL;
