-- +goose Up

CREATE TABLE staff (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    extension        text NOT NULL UNIQUE CHECK (extension ~ '^[0-9]{3,6}$'),
    name             text NOT NULL CHECK (name <> ''),
    login            text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    roles            text[] NOT NULL CHECK (roles <> '{}' AND roles <@ ARRAY['counselor', 'duty_lawyer', 'assigned_lawyer', 'examiner',
                     'supervisor', 'minors_lead', 'qa_reviewer', 'expert', 'mediator', 'finance', 'archivist', 'manager', 'admin', 'auditor']),
    languages        text[] NOT NULL DEFAULT '{zh-CN}' CHECK (languages <@ ARRAY['zh-CN', 'yue', 'en']),
    status           text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'left')),
    dial_out         boolean NOT NULL DEFAULT false,
    demo             boolean NOT NULL DEFAULT false,
    sip_realm        text,
    ha1_md5_enc      bytea,
    ha1_sha256_enc   bytea,
    password_hash    text,
    mobile_enc       bytea,
    last_training_on date,
    created_at       timestamptz NOT NULL DEFAULT now(),
    created_by       text NOT NULL DEFAULT actor(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    updated_by       text NOT NULL DEFAULT actor(),
    row_version      integer NOT NULL DEFAULT 1
);
CREATE TRIGGER staff_touch BEFORE UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE qualification_kinds (
    code text PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    name text NOT NULL
);
INSERT INTO qualification_kinds (code, name) VALUES
    ('general', '综合咨询'),
    ('labour', '劳动争议与工伤'),
    ('family', '婚姻家庭与家暴'),
    ('criminal', '刑事'),
    ('minors', '未成年人保护'),
    ('psychology', '心理咨询'),
    ('crisis', '危机干预'),
    ('mediation', '调解'),
    ('interpreting', '口译'),
    ('lawyer_licence', '律师执业证'),
    ('social_work', '社会工作者');

CREATE TABLE qualifications (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    staff_id    uuid NOT NULL REFERENCES staff,
    kind        text NOT NULL REFERENCES qualification_kinds,
    level       smallint NOT NULL DEFAULT 3 CHECK (level BETWEEN 1 AND 5),
    number      text,
    issued_on   date,
    expires_on  date,
    checked_by  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL DEFAULT actor(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL DEFAULT actor(),
    row_version integer NOT NULL DEFAULT 1,
    UNIQUE (staff_id, kind)
);
CREATE TRIGGER qualifications_touch BEFORE UPDATE ON qualifications FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE queues (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code            text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9_-]*$'),
    name            text NOT NULL,
    requires        text[] NOT NULL DEFAULT '{}',
    prefers         text[] NOT NULL DEFAULT '{}',
    minors          boolean NOT NULL DEFAULT false,
    base_priority   integer NOT NULL DEFAULT 0,
    sl_seconds      integer NOT NULL DEFAULT 15 CHECK (sl_seconds > 0),
    sl_target       numeric(5, 2) NOT NULL DEFAULT 80,
    short_abandon_s integer NOT NULL DEFAULT 5 CHECK (short_abandon_s >= 0),
    ring_s          integer NOT NULL DEFAULT 20 CHECK (ring_s > 0),
    wrap_s          integer NOT NULL DEFAULT 60 CHECK (wrap_s >= 0),
    max_wait_s      integer CHECK (max_wait_s > 0),
    max_length      integer CHECK (max_length > 0),
    overflow        jsonb NOT NULL DEFAULT '[]',
    callback_rule   jsonb NOT NULL DEFAULT '{}',
    min_staff_alarm integer NOT NULL DEFAULT 1,
    active          boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now(),
    created_by      text NOT NULL DEFAULT actor(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    updated_by      text NOT NULL DEFAULT actor(),
    row_version     integer NOT NULL DEFAULT 1,
    -- A minor reaches only a counselor qualified for minors, and is never turned away.
    CONSTRAINT queues_minors_qualified CHECK (NOT minors OR 'minors' = ANY (requires)),
    CONSTRAINT queues_minors_unlimited CHECK (NOT minors OR (max_wait_s IS NULL AND max_length IS NULL))
);
CREATE TRIGGER queues_touch BEFORE UPDATE ON queues FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE lines (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number        text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{2,15}$'),
    name          text NOT NULL,
    default_lang  text NOT NULL DEFAULT 'zh-CN' CHECK (default_lang IN ('zh-CN', 'yue', 'en')),
    flow          text NOT NULL,
    queue_id      uuid REFERENCES queues,
    minors        boolean NOT NULL DEFAULT false,
    record_policy text NOT NULL DEFAULT 'announced' CHECK (record_policy IN ('announced', 'never', 'after_consent')),
    case_code     text NOT NULL DEFAULT 'LA' CHECK (case_code ~ '^[A-Z]{2}$'),
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text NOT NULL DEFAULT actor(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    updated_by    text NOT NULL DEFAULT actor(),
    row_version   integer NOT NULL DEFAULT 1
);
CREATE TRIGGER lines_touch BEFORE UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION touch();

-- +goose Down
DROP TABLE lines, queues, qualifications, qualification_kinds, staff;
