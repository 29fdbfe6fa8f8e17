-- +goose Up

ALTER TABLE call_events DROP CONSTRAINT call_events_kind_check, ADD CONSTRAINT call_events_kind_check CHECK (kind IN ('contact_opened',
    'contact_classified', 'contact_closed', 'leg_added', 'leg_ringing', 'leg_answered', 'leg_ended', 'flow_entered', 'node_entered',
    'node_left', 'keyed', 'prompted', 'language_chosen', 'noted', 'enqueued', 'dequeued', 'offered', 'offer_ended', 'connected', 'held',
    'resumed', 'talk_ended', 'wrapped', 'recording_started', 'recording_gap', 'recording_closed', 'voicemail_kept', 'survey_asked',
    'survey_answered', 'survey_skipped', 'consented', 'staff_changed', 'node_started', 'node_stopped', 'events_lost',
    'callback_promised', 'request_filed', 'clip_played', 'callback_tried', 'decided'));
ALTER TABLE requests DROP CONSTRAINT requests_kind_check, ADD CONSTRAINT requests_kind_check
    CHECK (kind IN ('forward', 'notice', 'presence', 'objection', 'referral'));
ALTER TABLE consents DROP CONSTRAINT consents_purpose_check, ADD CONSTRAINT consents_purpose_check
    CHECK (purpose IN ('recording', 'referral', 'sensitive_data', 'mediation_recording', 'survey', 'guardian', 'commitment', 'settlement_term'));

-- What is read to a person in a talk, and what the person made of it. Phrases are ids of the prompt catalogue. The exact
-- words, the key and the place in the recording stand in consents, under the same contact.

-- Instead of proof of hardship (Legal Aid Law art. 41, 42).
CREATE TABLE commitments (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id      uuid NOT NULL REFERENCES cases,
    group_phrase text NOT NULL CHECK (group_phrase ~ '^GROUP-[A-Z0-9-]+$'),
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'agreed', 'refused')),
    contact_id   uuid REFERENCES contacts,
    decided_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL DEFAULT actor()
);
CREATE UNIQUE INDEX commitments_open ON commitments (case_id) WHERE state = 'open';

-- The course of an application and its decision (art. 43, 49).
CREATE TABLE applications (
    case_id       uuid PRIMARY KEY REFERENCES cases,
    lacking       text CHECK (lacking ~ '^DOC-[A-Z0-9-]+( DOC-[A-Z0-9-]+)*$'),
    lacked_at     timestamptz,
    complete_at   timestamptz,
    promise_due   timestamptz,
    statutory_due timestamptz,
    decision      text CHECK (decision IN ('granted', 'refused')),
    reason        text CHECK (reason ~ '^REASON-[A-Z0-9-]+$'),
    lawyer        text CHECK (lawyer ~ '^[A-Z][A-Z0-9-]*$'),
    decided_at    timestamptz,
    told_at       timestamptz,
    told_in       uuid REFERENCES contacts,
    objected_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text NOT NULL DEFAULT actor(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    updated_by    text NOT NULL DEFAULT actor(),
    row_version   integer NOT NULL DEFAULT 1,
    CONSTRAINT applications_lacking CHECK ((lacking IS NULL) = (lacked_at IS NULL)),
    CONSTRAINT applications_complete CHECK (lacked_at IS NOT NULL OR complete_at IS NOT NULL),
    CONSTRAINT applications_dues CHECK (num_nonnulls(complete_at, promise_due, statutory_due) IN (0, 3)),
    CONSTRAINT applications_whole CHECK (decision IS NULL OR complete_at IS NOT NULL),
    CONSTRAINT applications_decided CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT applications_reason CHECK ((decision = 'refused') IS NOT TRUE OR reason IS NOT NULL)
);
COMMENT ON COLUMN applications.lacked_at IS 'When the applicant was told what is missing, all of it: that is done once (art. 43).';
CREATE TRIGGER applications_touch BEFORE UPDATE ON applications FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE agencies (
    code       text PRIMARY KEY CHECK (code ~ '^[0-9]{3,6}$'),
    name       text NOT NULL CHECK (name <> ''),
    phrase     text NOT NULL CHECK (phrase ~ '^AGENCY-[A-Z0-9-]+$'),
    reply_days smallint NOT NULL DEFAULT 5 CHECK (reply_days BETWEEN 1 AND 60),
    checked_on date,
    active     boolean NOT NULL DEFAULT true
);
COMMENT ON COLUMN agencies.reply_days IS 'Working days within which it answers the caller.';
INSERT INTO agencies (code, name, phrase) VALUES
    ('12309', '检察服务', 'AGENCY-12309'), ('12315', '消费者投诉', 'AGENCY-12315'), ('12333', '人力资源和社会保障', 'AGENCY-12333'),
    ('12338', '妇女联合会', 'AGENCY-12338'), ('12345', '政务服务便民热线', 'AGENCY-12345'), ('12349', '民政服务', 'AGENCY-12349'),
    ('12351', '工会', 'AGENCY-12351'), ('12355', '青少年服务', 'AGENCY-12355'), ('12356', '心理援助', 'AGENCY-12356'),
    ('12368', '法院', 'AGENCY-12368'), ('12385', '残疾人联合会', 'AGENCY-12385');

CREATE TABLE referrals (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id    uuid NOT NULL REFERENCES cases,
    agency     text NOT NULL REFERENCES agencies,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'sent', 'refused')),
    reference  text,
    due_at     timestamptz,
    contact_id uuid REFERENCES contacts,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT actor()
);
CREATE UNIQUE INDEX referrals_open ON referrals (case_id) WHERE state = 'open';

CREATE TABLE case_outcomes (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id        uuid NOT NULL REFERENCES cases,
    received_cents bigint NOT NULL CHECK (received_cents >= 0),
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'right', 'wrong')),
    contact_id     uuid REFERENCES contacts,
    decided_at     timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    created_by     text NOT NULL DEFAULT actor()
);
CREATE UNIQUE INDEX case_outcomes_open ON case_outcomes (case_id) WHERE state = 'open';

CREATE TABLE revisit_calls (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id    uuid NOT NULL REFERENCES cases,
    due_on     date NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'asked', 'declined')),
    tries      smallint NOT NULL DEFAULT 0,
    contact_id uuid REFERENCES contacts,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT actor()
);
COMMENT ON COLUMN revisit_calls.contact_id IS 'Of the latest call. Its answers stand in surveys.';
CREATE UNIQUE INDEX revisit_calls_open ON revisit_calls (case_id) WHERE state = 'open';

-- Articles of the Civil Code that were explained in a talk, and whether the caller took the text message.
CREATE TABLE contact_articles (
    contact_id uuid NOT NULL REFERENCES contacts,
    article    text NOT NULL,
    sent       boolean NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (contact_id, article)
);

ALTER TABLE mediations ADD COLUMN confirm_by timestamptz, ADD COLUMN ended_at timestamptz;
COMMENT ON COLUMN mediations.confirm_by IS 'Until when both may ask the court to confirm (People''s Mediation Law art. 33).';
ALTER TABLE mediation_parties
    ADD COLUMN phrase text NOT NULL DEFAULT 'SIDE-OTHER' CHECK (phrase ~ '^SIDE-[A-Z0-9-]+$'),
    ADD COLUMN phone_key bytea CHECK (octet_length(phone_key) = 32),
    ADD COLUMN phone_enc bytea,
    ADD COLUMN answer text CHECK (answer IN ('joins', 'other-time', 'refuses')),
    ADD COLUMN answered_at timestamptz;
COMMENT ON COLUMN mediation_parties.phrase IS 'How this side is named to the other.';
CREATE INDEX mediation_parties_phone ON mediation_parties (phone_key);

-- Who dialled in for which side.
CREATE TABLE mediation_attendances (
    -- No foreign key: the contact may still be on its way here.
    contact_id uuid PRIMARY KEY,
    party_id   uuid NOT NULL REFERENCES mediation_parties,
    at         timestamptz NOT NULL DEFAULT now()
);

-- A term that is put in other words is withdrawn and takes its number to the next row, so that everybody is asked anew.
CREATE TABLE mediation_terms (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mediation_id uuid NOT NULL REFERENCES mediations,
    no           smallint NOT NULL CHECK (no BETWEEN 1 AND 99),
    words        text NOT NULL CHECK (words <> ''),
    clip         text NOT NULL CHECK (clip ~ '^[A-Z][A-Z0-9-]*$'),
    withdrawn_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL DEFAULT actor()
);
CREATE UNIQUE INDEX mediation_terms_live ON mediation_terms (mediation_id, no) WHERE withdrawn_at IS NULL;

CREATE TABLE mediation_answers (
    term_id    uuid NOT NULL REFERENCES mediation_terms,
    party_id   uuid NOT NULL REFERENCES mediation_parties,
    answer     text NOT NULL CHECK (answer IN ('agreed', 'refused')),
    contact_id uuid NOT NULL REFERENCES contacts,
    at         timestamptz NOT NULL,
    PRIMARY KEY (term_id, party_id)
);
COMMENT ON TABLE mediation_answers IS 'The latest answer of each side to each term.';

-- +goose Down
DROP TABLE mediation_answers, mediation_terms, mediation_attendances, contact_articles, revisit_calls, case_outcomes, referrals, agencies,
    applications, commitments;
ALTER TABLE mediation_parties DROP COLUMN phrase, DROP COLUMN phone_key, DROP COLUMN phone_enc, DROP COLUMN answer, DROP COLUMN answered_at;
ALTER TABLE mediations DROP COLUMN confirm_by, DROP COLUMN ended_at;
