-- +goose Up

-- What somebody has to look at. Raised once, until it is cleared.
CREATE TABLE alarms (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    object     text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    raised_at  timestamptz NOT NULL DEFAULT now(),
    cleared_at timestamptz,
    cleared_by text
);
CREATE UNIQUE INDEX alarms_open ON alarms (kind, object) WHERE cleared_at IS NULL;

-- Where people go, and which of them is near which district. Phrases are ids of the prompt catalogue.
CREATE TABLE service_points (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code         text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]+$'),
    name         text NOT NULL CHECK (name <> ''),
    phrase       text NOT NULL CHECK (phrase ~ '^[A-Z][A-Z0-9-]*$'),
    hours_phrase text NOT NULL DEFAULT 'HOURS-WORKDAYS' CHECK (hours_phrase ~ '^[A-Z][A-Z0-9-]*$'),
    address      text NOT NULL DEFAULT '',
    walk_in      boolean NOT NULL DEFAULT true,
    active       boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL DEFAULT actor(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    updated_by   text NOT NULL DEFAULT actor(),
    row_version  integer NOT NULL DEFAULT 1
);
CREATE TRIGGER service_points_touch BEFORE UPDATE ON service_points FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE point_districts (
    point_id uuid NOT NULL REFERENCES service_points,
    district text NOT NULL CHECK (district <> ''),
    rank     smallint NOT NULL DEFAULT 1 CHECK (rank > 0),
    PRIMARY KEY (point_id, district)
);
COMMENT ON COLUMN point_districts.rank IS '1 is the nearest to the district.';
CREATE INDEX point_districts_near ON point_districts (district, rank);

CREATE TABLE appointment_slots (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    point_id   uuid NOT NULL REFERENCES service_points,
    kind       text NOT NULL CHECK (kind IN ('advice', 'mediation', 'home')),
    starts_at  timestamptz NOT NULL,
    minutes    smallint NOT NULL DEFAULT 30 CHECK (minutes > 0),
    seat_no    smallint NOT NULL DEFAULT 1 CHECK (seat_no > 0),
    place      text CHECK (place ~ '^[A-Z][A-Z0-9-]*$'),
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT actor(),
    UNIQUE (point_id, kind, starts_at, seat_no)
);
COMMENT ON COLUMN appointment_slots.place IS 'Phrase of the place when it is not the point itself: at home, by phone.';
CREATE INDEX appointment_slots_free ON appointment_slots (kind, starts_at) WHERE active;

CREATE TABLE appointments (
    id          uuid PRIMARY KEY,
    reference   text NOT NULL UNIQUE CHECK (reference ~ '^[0-9]{6,20}$'),
    slot_id     uuid NOT NULL REFERENCES appointment_slots,
    status      text NOT NULL CHECK (status IN ('held', 'booked', 'confirmed', 'cancelled', 'moved', 'expired', 'no_show', 'done')),
    held_until  timestamptz,
    case_id     uuid REFERENCES cases,
    -- The contact it was made in. No foreign key: the contact may still be on its way here.
    contact_id  uuid,
    phone_key   bytea CHECK (octet_length(phone_key) = 32),
    phone_enc   bytea,
    lang        text CHECK (lang IN ('zh-CN', 'yue', 'en')),
    source      text NOT NULL DEFAULT 'phone' CHECK (source IN ('phone', 'staff', 'h5')),
    moved_to    uuid REFERENCES appointments,
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL DEFAULT actor(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL DEFAULT actor(),
    row_version integer NOT NULL DEFAULT 1,
    CONSTRAINT appointments_held CHECK ((status = 'held') = (held_until IS NOT NULL))
);
-- A seat has one appointment: of two callers who want it, one gets it.
CREATE UNIQUE INDEX appointments_seat ON appointments (slot_id) WHERE status IN ('held', 'booked', 'confirmed');
CREATE INDEX appointments_phone ON appointments (phone_key) WHERE status IN ('held', 'booked', 'confirmed');
CREATE TRIGGER appointments_touch BEFORE UPDATE ON appointments FOR EACH ROW EXECUTE FUNCTION touch();

-- Where a case stands, in words a caller may hear, and by when the caller hears more.
CREATE TABLE case_progress (
    case_id     uuid PRIMARY KEY REFERENCES cases,
    stage       text NOT NULL CHECK (stage IN ('received', 'lacking', 'review', 'granted', 'refused', 'assigned', 'open', 'closed', 'withdrawn')),
    due_at      timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL DEFAULT actor(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL DEFAULT actor(),
    row_version integer NOT NULL DEFAULT 1
);
CREATE TRIGGER case_progress_touch BEFORE UPDATE ON case_progress FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE mediations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id     uuid NOT NULL REFERENCES cases,
    starts_at   timestamptz NOT NULL,
    status      text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'open', 'settled', 'not_settled', 'cancelled')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL DEFAULT actor(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL DEFAULT actor(),
    row_version integer NOT NULL DEFAULT 1
);
CREATE TRIGGER mediations_touch BEFORE UPDATE ON mediations FOR EACH ROW EXECUTE FUNCTION touch();

-- The six digits a side dials in with are a secret of their own, for the hours around the mediation.
CREATE TABLE mediation_parties (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mediation_id uuid NOT NULL REFERENCES mediations,
    side         text NOT NULL CHECK (side IN ('applicant', 'respondent')),
    dial_hmac    bytea NOT NULL UNIQUE CHECK (octet_length(dial_hmac) = 32),
    dial_from    timestamptz NOT NULL,
    dial_until   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (mediation_id, side)
);

-- The four digits without which a reference opens nothing.
CREATE TABLE query_codes (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reference      text NOT NULL CHECK (reference ~ '^[0-9]{6,20}$'),
    case_id        uuid UNIQUE REFERENCES cases,
    appointment_id uuid UNIQUE REFERENCES appointments,
    code_hmac      bytea NOT NULL CHECK (octet_length(code_hmac) = 32),
    fails          smallint NOT NULL DEFAULT 0,
    locked_at      timestamptz,
    issued_at      timestamptz NOT NULL DEFAULT now(),
    issued_by      text NOT NULL DEFAULT actor(),
    CONSTRAINT query_codes_whose CHECK (num_nonnulls(case_id, appointment_id) = 1)
);
COMMENT ON COLUMN query_codes.reference IS 'As keyed on a telephone: the digits of a case number, or of an appointment.';
CREATE INDEX query_codes_reference ON query_codes (reference);

-- Wrong codes by who calls, so that many references cannot be tried one after the other.
CREATE TABLE code_misses (
    who    bytea NOT NULL,
    hour   timestamptz NOT NULL,
    misses integer NOT NULL,
    PRIMARY KEY (who, hour)
);

CREATE TABLE facilities (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code         text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{4}$'),
    name         text NOT NULL CHECK (name <> ''),
    kind         text NOT NULL CHECK (kind IN ('detention', 'procuratorate', 'court', 'police')),
    district     text,
    numbers_only boolean NOT NULL DEFAULT false,
    active       boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL DEFAULT actor(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    updated_by   text NOT NULL DEFAULT actor(),
    row_version  integer NOT NULL DEFAULT 1
);
COMMENT ON COLUMN facilities.numbers_only IS 'Its PIN counts only from its own numbers.';
CREATE TRIGGER facilities_touch BEFORE UPDATE ON facilities FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE facility_numbers (
    e164_hmac   bytea PRIMARY KEY CHECK (octet_length(e164_hmac) = 32),
    e164_enc    bytea NOT NULL,
    facility_id uuid NOT NULL REFERENCES facilities
);

CREATE TABLE facility_pins (
    facility_id uuid PRIMARY KEY REFERENCES facilities,
    pin_hmac    bytea NOT NULL CHECK (octet_length(pin_hmac) = 32),
    valid_to    timestamptz NOT NULL,
    fails       smallint NOT NULL DEFAULT 0,
    locked_at   timestamptz,
    set_at      timestamptz NOT NULL DEFAULT now(),
    set_by      text NOT NULL DEFAULT actor()
);

-- +goose Down
DROP TABLE facility_pins, facility_numbers, facilities, code_misses, query_codes, mediation_parties, mediations, case_progress, appointments,
    appointment_slots, point_districts, service_points, alarms;
