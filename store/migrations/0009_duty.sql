-- +goose Up

-- Who is on call, where, and who comes when they do not.
CREATE TABLE shifts (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    staff_id        uuid NOT NULL REFERENCES staff,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    place           text NOT NULL CHECK (place IN ('seat', 'mobile')),
    facility_id     uuid REFERENCES facilities,
    backup_staff_id uuid REFERENCES staff,
    cancelled_at    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    created_by      text NOT NULL DEFAULT actor(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    updated_by      text NOT NULL DEFAULT actor(),
    row_version     integer NOT NULL DEFAULT 1,
    CONSTRAINT shifts_length CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '7 days'),
    CONSTRAINT shifts_backup CHECK (backup_staff_id <> staff_id)
);
COMMENT ON COLUMN shifts.facility_id IS 'The only facility it is for; the pool of the centre when NULL.';
CREATE INDEX shifts_ahead ON shifts (ends_at) WHERE cancelled_at IS NULL;
CREATE TRIGGER shifts_touch BEFORE UPDATE ON shifts FOR EACH ROW EXECUTE FUNCTION touch();

-- Prompts that staff speak into a telephone. A take is heard by callers when somebody else has approved it.
CREATE TABLE prompt_takes (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number      integer GENERATED ALWAYS AS IDENTITY (START WITH 101) UNIQUE,
    lang        text NOT NULL CHECK (lang IN ('zh-CN', 'yue', 'en')),
    name        text NOT NULL CHECK (name <> ''),
    words       text NOT NULL CHECK (words <> ''),
    asked_by    text NOT NULL DEFAULT actor(),
    asked_at    timestamptz NOT NULL DEFAULT now(),
    recorded_by text,
    recorded_at timestamptz,
    path        text CHECK (path !~ '(^/|(^|/)\.\.(/|$))'),
    seconds     real,
    state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'recorded', 'approved', 'refused')),
    decided_by  text,
    decided_at  timestamptz,
    CONSTRAINT prompt_takes_recorded CHECK (state = 'asked' OR (recorded_by IS NOT NULL AND path IS NOT NULL)),
    CONSTRAINT prompt_takes_two_people CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> recorded_by))
);
COMMENT ON COLUMN prompt_takes.number IS 'What is keyed after the feature code.';

-- +goose Down
DROP TABLE prompt_takes, shifts;
