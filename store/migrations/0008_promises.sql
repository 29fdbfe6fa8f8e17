-- +goose Up

ALTER TABLE call_events DROP CONSTRAINT call_events_kind_check, ADD CONSTRAINT call_events_kind_check CHECK (kind IN ('contact_opened',
    'contact_classified', 'contact_closed', 'leg_added', 'leg_ringing', 'leg_answered', 'leg_ended', 'flow_entered', 'node_entered',
    'node_left', 'keyed', 'prompted', 'language_chosen', 'noted', 'enqueued', 'dequeued', 'offered', 'offer_ended', 'connected', 'held',
    'resumed', 'talk_ended', 'wrapped', 'recording_started', 'recording_gap', 'recording_closed', 'voicemail_kept', 'survey_asked',
    'survey_answered', 'survey_skipped', 'consented', 'staff_changed', 'node_started', 'node_stopped', 'events_lost',
    'callback_promised', 'request_filed', 'clip_played', 'callback_tried'));

-- What callers asked for and was promised. Rows come by the journal, so that a promise holds while the database is away.
CREATE TABLE requests (
    id          uuid PRIMARY KEY,
    reference   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('forward', 'notice', 'presence', 'objection')),
    contact_id  uuid NOT NULL REFERENCES contacts,
    facility    text,
    facility_id uuid REFERENCES facilities,
    case_id     uuid REFERENCES cases,
    day         timestamptz,
    filed_at    timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    handled_at  timestamptz,
    handled_by  text,
    result      text
);
COMMENT ON COLUMN requests.facility IS 'The code as the caller gave it.';
CREATE INDEX requests_due ON requests (due_at) WHERE handled_at IS NULL;
CREATE INDEX requests_reference ON requests (reference);

CREATE TABLE callbacks (
    id                  uuid PRIMARY KEY,
    reference           text NOT NULL,
    contact_id          uuid NOT NULL REFERENCES contacts,
    phone_key           bytea NOT NULL CHECK (octet_length(phone_key) = 32),
    phone_enc           bytea NOT NULL,
    queue               text NOT NULL,
    queue_id            uuid REFERENCES queues,
    original_entered_at timestamptz NOT NULL,
    promised_at         timestamptz NOT NULL,
    lang                text,
    class               text NOT NULL CHECK (class IN ('ordinary', 'minor', 'danger')),
    neutral             boolean NOT NULL,
    tries               smallint NOT NULL DEFAULT 0,
    next_try_at         timestamptz,
    status              text NOT NULL CHECK (status IN ('pending', 'dialing', 'reached', 'unreached', 'cancelled', 'merged')),
    merged_into         uuid REFERENCES callbacks,
    done_at             timestamptz,
    CONSTRAINT callbacks_merged CHECK ((status = 'merged') = (merged_into IS NOT NULL))
);
-- Nobody has two callbacks coming in one queue.
CREATE UNIQUE INDEX callbacks_live ON callbacks (phone_key, queue) WHERE status IN ('pending', 'dialing');

-- Text messages on their way. Another program sends them.
CREATE TABLE messages (
    id          uuid PRIMARY KEY,
    template    text NOT NULL CHECK (template ~ '^[a-z_]+$'),
    lang        text NOT NULL CHECK (lang IN ('zh-CN', 'yue', 'en')),
    to_key      bytea NOT NULL CHECK (octet_length(to_key) = 32),
    to_enc      bytea NOT NULL,
    params_enc  bytea NOT NULL,
    neutral     boolean NOT NULL,
    reference   text NOT NULL,
    -- No foreign key: the contact may still be on its way here.
    contact_id  uuid NOT NULL,
    status      text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'delivered', 'failed')),
    filed_at    timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz,
    text_sha256 bytea CHECK (octet_length(text_sha256) = 32)
);
CREATE INDEX messages_queued ON messages (filed_at) WHERE status = 'queued';

-- The library of the Civil Code. An id is that of a prompt, or of a file under clips/.
CREATE TABLE code_clips (
    id       text PRIMARY KEY,
    topic    text NOT NULL,
    articles text NOT NULL,
    langs    text[] NOT NULL DEFAULT '{zh-CN,yue,en}',
    active   boolean NOT NULL DEFAULT true
);
INSERT INTO code_clips (id, topic, articles) VALUES
    ('CLIP-MARRIAGE', 'marriage', '1077, 1079'),
    ('CLIP-LOANS', 'loans', '670, 680'),
    ('CLIP-RENTING', 'renting', '712, 713, 725'),
    ('CLIP-NEIGHBOURS', 'neighbours', '288, 294'),
    ('CLIP-CHILDREN', 'children', '1084, 1085');

CREATE TABLE clip_plays (
    clip  text NOT NULL,
    lang  text NOT NULL,
    day   date NOT NULL,
    plays integer NOT NULL DEFAULT 0,
    whole integer NOT NULL DEFAULT 0,
    PRIMARY KEY (clip, lang, day)
);

-- Where callers drop off, by flow, exact version and node.
CREATE VIEW flow_dropoff AS
    WITH versions AS (
        SELECT DISTINCT contact_id, data ->> 'flow' AS flow, data ->> 'hash' AS hash FROM call_events WHERE kind = 'flow_entered'
    )
    SELECT e.data ->> 'flow' AS flow, v.hash, e.data ->> 'node' AS node,
        count(*) FILTER (WHERE e.kind = 'node_entered') AS entered,
        count(*) FILTER (WHERE e.kind = 'node_left' AND e.data ->> 'outcome' <> 'gone') AS went_on,
        count(*) FILTER (WHERE e.kind = 'node_left' AND e.data ->> 'outcome' = 'gone') AS hung_up,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce((e.data ->> 'took_ms')::float8, 0) / 1000)
            FILTER (WHERE e.kind = 'node_left') AS median_seconds
    FROM call_events e LEFT JOIN versions v ON v.contact_id = e.contact_id AND v.flow = e.data ->> 'flow'
    WHERE e.kind IN ('node_entered', 'node_left')
    GROUP BY 1, 2, 3;

-- +goose Down
DROP VIEW flow_dropoff;
DROP TABLE clip_plays, code_clips, messages, callbacks, requests;
