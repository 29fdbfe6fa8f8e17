-- +goose Up

-- What is known about a caller's file that changes how a call is served.
CREATE TABLE profile_flags (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    profile_id  uuid NOT NULL REFERENCES profiles,
    flag        text NOT NULL CHECK (flag IN ('abusive', 'blocked', 'minor', 'care_plan', 'silent_pattern')),
    line_id     uuid REFERENCES lines,
    reason      text NOT NULL CHECK (reason <> ''),
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    proposed_by text NOT NULL,
    approved_by text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL DEFAULT actor(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL DEFAULT actor(),
    row_version integer NOT NULL DEFAULT 1,
    CONSTRAINT profile_flags_end CHECK (valid_until >= valid_from),
    CONSTRAINT profile_flags_longest CHECK (flag NOT IN ('abusive', 'blocked') OR valid_until <= valid_from + interval '30 days'),
    -- Nobody shuts a caller out alone.
    CONSTRAINT profile_flags_two_people CHECK (flag <> 'blocked' OR (approved_by IS NOT NULL AND approved_by <> proposed_by))
);
COMMENT ON COLUMN profile_flags.line_id IS 'The only line it counts on; all lines when NULL.';
CREATE INDEX profile_flags_profile ON profile_flags (profile_id, valid_until);
CREATE TRIGGER profile_flags_touch BEFORE UPDATE ON profile_flags FOR EACH ROW EXECUTE FUNCTION touch();

CREATE INDEX cases_profile_minors ON cases (profile_id) WHERE sensitivity = 'minors';

-- A file is a child's when somebody says so, or when a child has called with the number.
-- +goose StatementBegin
CREATE FUNCTION is_child(profile uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM profile_flags f WHERE f.profile_id = profile AND f.flag = 'minor' AND f.valid_from <= at AND f.valid_until > at)
    OR EXISTS (SELECT FROM cases k WHERE k.profile_id = profile AND k.sensitivity = 'minors');
-- +goose StatementEnd

-- No sequence of blocks keeps a child out for more than 24 hours: a block is no longer than that, and between two blocks
-- lie at least as many. Who turns out to be a child is let in at once.
-- +goose StatementBegin
CREATE FUNCTION let_children_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM profiles WHERE id = NEW.profile_id FOR UPDATE;
    IF NEW.flag = 'minor' THEN
        UPDATE profile_flags SET valid_until = greatest(valid_from, now())
            WHERE profile_id = NEW.profile_id AND flag = 'blocked' AND valid_until > now() AND NEW.valid_until > now();
        RETURN NEW;
    END IF;
    IF NEW.flag <> 'blocked' OR NEW.valid_until <= NEW.valid_from THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.flag = 'blocked' AND NEW.valid_from >= OLD.valid_from AND NEW.valid_until <= OLD.valid_until THEN
        RETURN NEW;
    END IF;
    IF NOT is_child(NEW.profile_id, greatest(NEW.valid_from, now()))
        AND NOT EXISTS (SELECT FROM lines l WHERE l.id = NEW.line_id AND l.minors) THEN
        RETURN NEW;
    END IF;
    IF NEW.valid_until > NEW.valid_from + interval '24 hours' THEN
        RAISE EXCEPTION 'a child is not blocked for more than 24 hours' USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_flags_child';
    END IF;
    IF EXISTS (SELECT FROM profile_flags f WHERE f.profile_id = NEW.profile_id AND f.flag = 'blocked' AND f.id <> NEW.id
        AND f.valid_until > f.valid_from AND f.valid_until + interval '24 hours' > NEW.valid_from AND f.valid_from < NEW.valid_until + interval '24 hours') THEN
        RAISE EXCEPTION 'a child is not blocked again within 24 hours' USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_flags_child';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER profile_flags_children BEFORE INSERT OR UPDATE ON profile_flags FOR EACH ROW EXECUTE FUNCTION let_children_in();

CREATE TABLE access_needs (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    profile_id uuid REFERENCES profiles,
    person_id  uuid REFERENCES persons,
    need       text NOT NULL CHECK (need IN ('deaf', 'hard_hearing', 'blind', 'slow_speech', 'interpreter', 'home_visit', 'woman_counselor')),
    note       text,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT actor(),
    CONSTRAINT access_needs_whose CHECK (num_nonnulls(profile_id, person_id) = 1),
    UNIQUE (profile_id, need),
    UNIQUE (person_id, need)
);

CREATE TABLE care_plans (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    profile_id         uuid UNIQUE REFERENCES profiles,
    person_id          uuid UNIQUE REFERENCES persons,
    preferred_staff_id uuid REFERENCES staff,
    daily_minutes      integer CHECK (daily_minutes > 0),
    helps_enc          bytea,
    avoid_enc          bytea,
    review_on          date NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    created_by         text NOT NULL DEFAULT actor(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    updated_by         text NOT NULL DEFAULT actor(),
    row_version        integer NOT NULL DEFAULT 1,
    CONSTRAINT care_plans_whose CHECK (num_nonnulls(profile_id, person_id) = 1)
);
CREATE TRIGGER care_plans_touch BEFORE UPDATE ON care_plans FOR EACH ROW EXECUTE FUNCTION touch();

-- +goose Down
DROP FUNCTION is_child;
DROP TABLE care_plans, access_needs, profile_flags;
DROP FUNCTION let_children_in;
DROP INDEX cases_profile_minors;
