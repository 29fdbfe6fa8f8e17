-- +goose Up

CREATE TABLE contacts (
    id              uuid PRIMARY KEY,
    no              text NOT NULL UNIQUE CHECK (no ~ '^C[0-9]{8}-[0-9]{6,}$'),
    channel         text NOT NULL CHECK (channel IN ('call_in', 'callback', 'call_out', 'voicemail', 'h5', 'walk_in', 'sms')),
    line_id         uuid REFERENCES lines,
    dialled         text NOT NULL,
    -- Every contact belongs to exactly one case.
    case_id         uuid NOT NULL REFERENCES cases,
    profile_id      uuid REFERENCES profiles,
    phone_id        uuid REFERENCES phones,
    caller_kind     text NOT NULL CHECK (caller_kind IN ('mobile', 'fixed', 'short', 'foreign', 'other', 'withheld')),
    caller_asserted text,
    class           text NOT NULL DEFAULT 'ordinary' CHECK (class IN ('ordinary', 'minor', 'danger')),
    risk_level      text CHECK (risk_level IN ('R0', 'R1', 'R2', 'R3')),
    lang            text,
    trunk           text,
    node            text NOT NULL,
    boot_id         uuid NOT NULL,
    flow            text,
    flow_hash       text,
    external_id     text,
    queue_id        uuid REFERENCES queues,
    first_staff_id  uuid REFERENCES staff,
    started_at      timestamptz NOT NULL,
    queued_at       timestamptz,
    answered_at     timestamptz,
    ended_at        timestamptz,
    wrap_done_at    timestamptz,
    wait_ms         bigint,
    talk_ms         bigint NOT NULL DEFAULT 0,
    hold_ms         bigint NOT NULL DEFAULT 0,
    wrap_ms         bigint NOT NULL DEFAULT 0,
    disposition     text,
    outcome         text CHECK (outcome IN ('answered', 'abandoned', 'callback', 'message', 'self_service', 'closed', 'silent', 'refused',
                    'blocked', 'referred', 'unreached', 'failed', 'interrupted')),
    stage           text CHECK (stage IN ('setup', 'greeting', 'menu', 'queue', 'ringing', 'talk', 'message', 'after')),
    ended_by        text CHECK (ended_by IN ('caller', 'staff', 'system', 'network')),
    cause           text,
    sip_code        integer,
    q850            integer,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT contacts_ended CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX contacts_started ON contacts (started_at);
CREATE INDEX contacts_case ON contacts (case_id);
CREATE INDEX contacts_profile ON contacts (profile_id, started_at) WHERE profile_id IS NOT NULL;
CREATE INDEX contacts_open ON contacts (node) WHERE ended_at IS NULL;

CREATE TABLE contact_moves (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts,
    from_case  uuid NOT NULL REFERENCES cases,
    to_case    uuid NOT NULL REFERENCES cases,
    reason     text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL DEFAULT actor()
);
CREATE INDEX contact_moves_contact ON contact_moves (contact_id);
CREATE TRIGGER contact_moves_append_only BEFORE UPDATE OR DELETE ON contact_moves
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contact_moves_no_truncate BEFORE TRUNCATE ON contact_moves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE call_legs (
    contact_id       uuid NOT NULL REFERENCES contacts,
    leg              integer NOT NULL CHECK (leg > 0),
    role             text NOT NULL CHECK (role IN ('caller', 'staff', 'lawyer', 'supervisor', 'agency', 'emergency', 'mediator', 'party')),
    dir              text NOT NULL CHECK (dir IN ('in', 'out')),
    sip_call_id      text,
    local_tag        text,
    remote_tag       text,
    codec            text,
    extension        text,
    staff_id         uuid REFERENCES staff,
    trunk            text,
    number_hmac      bytea,
    number_enc       bytea,
    setup_at         timestamptz NOT NULL,
    ring_at          timestamptz,
    answer_at        timestamptz,
    bye_at           timestamptz,
    ended_by         text CHECK (ended_by IN ('caller', 'staff', 'system', 'network')),
    sip_code         integer,
    q850             integer,
    cause            text,
    mos              real,
    loss_pct         real,
    jitter_ms        integer,
    rtt_ms           integer,
    packets_sent     bigint,
    packets_received bigint,
    packets_lost     bigint,
    PRIMARY KEY (contact_id, leg)
);

-- One row for each fact of a contact. There is no foreign key: only the projector
-- writes here, it makes sure of the contact, and the check would cost more than the row.
CREATE TABLE call_events (
    contact_id uuid NOT NULL,
    journal    integer NOT NULL,
    seq        bigint NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('contact_opened', 'contact_classified', 'contact_closed', 'leg_added', 'leg_ringing',
               'leg_answered', 'leg_ended', 'flow_entered', 'node_entered', 'node_left', 'keyed', 'prompted', 'language_chosen', 'noted',
               'enqueued', 'dequeued', 'offered', 'offer_ended', 'connected', 'held', 'resumed', 'talk_ended', 'wrapped',
               'recording_started', 'recording_gap', 'recording_closed', 'voicemail_kept', 'survey_asked', 'survey_answered',
               'survey_skipped', 'consented', 'staff_changed', 'node_started', 'node_stopped', 'events_lost')),
    data       jsonb NOT NULL,
    PRIMARY KEY (contact_id, journal, seq)
);
CREATE TRIGGER call_events_append_only BEFORE UPDATE OR DELETE ON call_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER call_events_no_truncate BEFORE TRUNCATE ON call_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE recordings (
    id             uuid PRIMARY KEY,
    contact_id     uuid NOT NULL REFERENCES contacts,
    class          text NOT NULL CHECK (class IN ('advice', 'minors', 'crisis', 'mediation', 'committee', 'voicemail', 'survey')),
    storage_key    text NOT NULL UNIQUE CHECK (storage_key !~ '(^/|(^|/)\.\.(/|$))'),
    channels       smallint NOT NULL,
    tracks         text,
    bytes          bigint,
    duration_ms    bigint,
    sha256         bytea CHECK (octet_length(sha256) = 32),
    gaps           jsonb NOT NULL DEFAULT '[]',
    partial_reason text,
    repaired       boolean NOT NULL DEFAULT false,
    enc_key_id     integer,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    hold_until     timestamptz,
    delete_after   timestamptz,
    sealed         boolean NOT NULL DEFAULT false,
    state          text NOT NULL DEFAULT 'writing' CHECK (state IN ('writing', 'closed', 'verified', 'altered', 'missing', 'deleted')),
    verified_at    timestamptz,
    CONSTRAINT recordings_closed CHECK ((state = 'writing') = (ended_at IS NULL))
);
CREATE INDEX recordings_contact ON recordings (contact_id);
CREATE INDEX recordings_writing ON recordings (id) WHERE state = 'writing';

CREATE TABLE voicemails (
    recording_id uuid PRIMARY KEY REFERENCES recordings,
    contact_id   uuid NOT NULL REFERENCES contacts,
    queue_id     uuid REFERENCES queues,
    kept_at      timestamptz NOT NULL,
    promised_at  timestamptz,
    handled_at   timestamptz,
    handled_by   uuid REFERENCES staff,
    result       text
);
CREATE INDEX voicemails_due ON voicemails (promised_at) WHERE handled_at IS NULL;

CREATE TABLE surveys (
    contact_id           uuid PRIMARY KEY REFERENCES contacts,
    channel              text,
    score                smallint CHECK (score BETWEEN 1 AND 5),
    solved               smallint CHECK (solved BETWEEN 1 AND 3),
    comment_recording_id uuid,
    asked_at             timestamptz,
    answered_at          timestamptz,
    skipped_reason       text
);

CREATE TABLE consents (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contact_id   uuid NOT NULL REFERENCES contacts,
    purpose      text NOT NULL CHECK (purpose IN ('recording', 'referral', 'sensitive_data', 'mediation_recording', 'survey', 'guardian',
                 'commitment')),
    given        text NOT NULL CHECK (given IN ('yes', 'no', 'not_needed', 'silent')),
    legal_basis  text NOT NULL CHECK (legal_basis IN ('statutory_duty', 'vital_interest', 'consent_self', 'consent_guardian')),
    method       text NOT NULL,
    keyed        text,
    text_version text,
    text_sha256  bytea CHECK (octet_length(text_sha256) = 32),
    lang         text,
    recording_id uuid,
    offset_ms    bigint,
    at           timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX consents_contact ON consents (contact_id);

CREATE TABLE staff_states (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    extension  text NOT NULL,
    staff_id   uuid REFERENCES staff,
    state      text NOT NULL CHECK (state IN ('offline', 'ready', 'reserved', 'busy', 'wrap_up', 'break', 'training', 'mobile_duty')),
    reason     text,
    contact_id uuid,
    at         timestamptz NOT NULL
);
CREATE INDEX staff_states_staff ON staff_states (extension, at);

-- +goose Down
DROP TABLE staff_states, consents, surveys, voicemails, recordings, call_events, call_legs, contact_moves, contacts;
