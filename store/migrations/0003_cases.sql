-- +goose Up

CREATE TABLE phones (
    id         uuid PRIMARY KEY,
    e164_hmac  bytea NOT NULL UNIQUE CHECK (octet_length(e164_hmac) = 32),
    e164_enc   bytea NOT NULL,
    line_kind  text NOT NULL CHECK (line_kind IN ('mobile', 'fixed', 'short', 'foreign', 'other', 'facility')),
    shared     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN phones.shared IS 'Many unrelated people call with it: it never finds anybody''s case.';

CREATE TABLE persons (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind           text NOT NULL DEFAULT 'natural' CHECK (kind IN ('natural', 'org')),
    name_enc       bytea,
    name_hmac      bytea CHECK (octet_length(name_hmac) = 32),
    id_type        text,
    id_no_enc      bytea,
    id_no_hmac     bytea UNIQUE CHECK (octet_length(id_no_hmac) = 32),
    birth_date_enc bytea,
    gender         text CHECK (gender IN ('female', 'male', 'other')),
    residence_area text,
    nickname       text,
    merged_into_id uuid REFERENCES persons,
    created_at     timestamptz NOT NULL DEFAULT now(),
    created_by     text NOT NULL DEFAULT actor(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    updated_by     text NOT NULL DEFAULT actor(),
    row_version    integer NOT NULL DEFAULT 1
);
CREATE INDEX persons_name ON persons (name_hmac);
CREATE TRIGGER persons_touch BEFORE UPDATE ON persons FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE person_phones (
    person_id       uuid NOT NULL REFERENCES persons,
    phone_id        uuid NOT NULL REFERENCES phones,
    ok_to_call      boolean NOT NULL DEFAULT false,
    ok_to_sms       boolean NOT NULL DEFAULT false,
    ok_to_voicemail boolean NOT NULL DEFAULT false,
    neutral_name    boolean NOT NULL DEFAULT true,
    safe_times      jsonb NOT NULL DEFAULT '[]',
    shared_with     text CHECK (shared_with IN ('family', 'school', 'employer')),
    verified_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    created_by      text NOT NULL DEFAULT actor(),
    PRIMARY KEY (person_id, phone_id)
);
CREATE INDEX person_phones_phone ON person_phones (phone_id);

-- A caller's file: whoever calls with this number, known by name or not.
CREATE TABLE profiles (
    id         uuid PRIMARY KEY,
    phone_id   uuid NOT NULL UNIQUE REFERENCES phones,
    person_id  uuid REFERENCES persons,
    lang       text CHECK (lang IN ('zh-CN', 'yue', 'en')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cases (
    id               uuid PRIMARY KEY,
    no               text NOT NULL UNIQUE CHECK (no ~ '^[A-Z]{2}-[0-9]{4}-[A-Z]{2}-[0-9]{6,}-[0-9]$'),
    kind             text NOT NULL DEFAULT 'inquiry' CHECK (kind IN ('inquiry', 'application', 'notice_case', 'duty_request', 'mediation',
                     'minors_support', 'complaint', 'committee', 'outreach')),
    status           text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'waiting', 'closed')),
    sensitivity      text NOT NULL DEFAULT 'normal' CHECK (sensitivity IN ('normal', 'restricted', 'minors', 'sealed')),
    profile_id       uuid REFERENCES profiles,
    person_id        uuid REFERENCES persons,
    on_behalf_id     uuid REFERENCES persons,
    owner_staff_id   uuid REFERENCES staff,
    -- The contact that opened it. No foreign key: contacts refer to cases.
    first_contact_id uuid,
    service_form     text,
    matter_type      text,
    district         text,
    priority         integer NOT NULL DEFAULT 0,
    opened_at        timestamptz NOT NULL,
    accepted_on      date,
    closed_at        timestamptz,
    close_reason     text,
    limitation_on    date,
    parent_case_id   uuid REFERENCES cases,
    created_at       timestamptz NOT NULL DEFAULT now(),
    created_by       text NOT NULL DEFAULT actor(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    updated_by       text NOT NULL DEFAULT actor(),
    row_version      integer NOT NULL DEFAULT 1,
    CONSTRAINT cases_closed CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX cases_profile_open ON cases (profile_id, opened_at) WHERE status <> 'closed';
CREATE INDEX cases_person_open ON cases (person_id, opened_at) WHERE status <> 'closed' AND person_id IS NOT NULL;
CREATE TRIGGER cases_touch BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION touch();

-- +goose Down
DROP TABLE cases, profiles, person_phones, persons, phones;
