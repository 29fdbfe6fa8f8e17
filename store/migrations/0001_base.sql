-- +goose Up

-- Who edits is told by the transaction: SET LOCAL app.actor = '...'.
-- +goose StatementBegin
CREATE FUNCTION actor() RETURNS text LANGUAGE sql STABLE
RETURN coalesce(nullif(current_setting('app.actor', true), ''), 'system');
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    NEW.updated_by := actor();
    NEW.row_version := OLD.row_version + 1;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TABLE serials (
    scope text PRIMARY KEY,
    last  bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON TABLE serials IS 'Last public number given per scope: cases by area, year and code, contacts by day.';

CREATE TABLE key_prints (
    name       text PRIMARY KEY,
    print      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE key_prints IS 'Fingerprints of the keys the encrypted columns were written with.';

CREATE TABLE audit_log (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    actor  text NOT NULL DEFAULT actor(),
    action text NOT NULL,
    object text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_object ON audit_log (object, at);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE audit_log, key_prints, serials;
DROP FUNCTION refuse_change, touch, actor;
