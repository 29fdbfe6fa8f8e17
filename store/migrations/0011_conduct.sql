-- +goose Up

-- A child's file is not marked as abusive by rule: a person has to approve it. Who turns out to be a child loses such marks.
-- +goose StatementBegin
CREATE FUNCTION spare_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.flag = 'minor' THEN
        UPDATE profile_flags SET valid_until = greatest(valid_from, now())
            WHERE profile_id = NEW.profile_id AND flag = 'abusive' AND approved_by IS NULL AND valid_until > now() AND NEW.valid_until > now();
    ELSIF NEW.flag = 'abusive' AND NEW.approved_by IS NULL AND NEW.valid_until > NEW.valid_from
        AND (is_child(NEW.profile_id, NEW.valid_from) OR is_child(NEW.profile_id, now())) THEN
        RAISE EXCEPTION 'a child is not marked as abusive by rule' USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_flags_abusive_child';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER profile_flags_spare BEFORE INSERT OR UPDATE ON profile_flags FOR EACH ROW EXECUTE FUNCTION spare_children();

-- By rule such a mark ends after a day; longer ones are approved.
ALTER TABLE profile_flags ADD CONSTRAINT profile_flags_by_rule
    CHECK (flag <> 'abusive' OR approved_by IS NOT NULL OR valid_until <= valid_from + interval '24 hours');

-- Who was sent away after two warnings is marked for a day. It is looked at when all facts of the transaction are in place:
-- the class of the contact and the file of its caller. Contacts of children and of people in danger mark nobody.
-- +goose StatementBegin
CREATE FUNCTION mark_abusive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    caller uuid;
BEGIN
    SELECT c.profile_id INTO caller FROM contacts c WHERE c.id = NEW.contact_id AND c.class = 'ordinary';
    IF caller IS NULL OR is_child(caller, NEW.at) OR is_child(caller, now()) THEN
        RETURN NULL;
    END IF;
    INSERT INTO profile_flags (profile_id, flag, reason, valid_from, valid_until, proposed_by)
        VALUES (caller, 'abusive', NEW.data->>'value', NEW.at, NEW.at + interval '24 hours', 'rule');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER call_events_abuse AFTER INSERT ON call_events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.kind = 'noted' AND NEW.data->>'name' = 'abuse.ended') EXECUTE FUNCTION mark_abusive();

-- +goose Down
DROP TRIGGER call_events_abuse ON call_events;
DROP FUNCTION mark_abusive;
ALTER TABLE profile_flags DROP CONSTRAINT profile_flags_by_rule;
DROP TRIGGER profile_flags_spare ON profile_flags;
DROP FUNCTION spare_children;
