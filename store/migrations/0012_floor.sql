-- +goose Up

-- A SIP Call-ID may hold the caller's number. What was kept of one in clear is forgotten; a keyed hash is kept from now on.
UPDATE contacts SET external_id = NULL WHERE external_id !~ '^[0-9a-f]{32}$';
UPDATE call_legs SET sip_call_id = NULL WHERE sip_call_id !~ '^[0-9a-f]{32}$';
COMMENT ON COLUMN contacts.external_id IS 'Keyed hash of the SIP Call-ID.';
COMMENT ON COLUMN call_legs.sip_call_id IS 'Keyed hash of the SIP Call-ID.';

-- How a queue chooses among those who are free, how many phones ring at once, and how many people it keeps for protected callers.
ALTER TABLE queues
    ADD COLUMN strategy text NOT NULL DEFAULT 'longest-idle'
        CHECK (strategy IN ('longest-idle', 'least-talk', 'fewest-calls', 'round-robin', 'top-down')),
    ADD COLUMN rings_at_once integer NOT NULL DEFAULT 1 CHECK (rings_at_once BETWEEN 1 AND 10),
    ADD COLUMN reserve integer NOT NULL DEFAULT 0 CHECK (reserve >= 0),
    ADD COLUMN sticky_s integer NOT NULL DEFAULT 20 CHECK (sticky_s >= 0);
COMMENT ON COLUMN queues.sticky_s IS 'How long the counselor of last time is waited for.';

-- What callers may ask for in a counselor, and the order of top-down queues.
ALTER TABLE staff
    ADD COLUMN woman boolean NOT NULL DEFAULT false,
    ADD COLUMN district text,
    ADD COLUMN seat_order integer NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE staff DROP COLUMN woman, DROP COLUMN district, DROP COLUMN seat_order;
ALTER TABLE queues DROP COLUMN strategy, DROP COLUMN rings_at_once, DROP COLUMN reserve, DROP COLUMN sticky_s;
