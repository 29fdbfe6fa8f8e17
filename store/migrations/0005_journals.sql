-- +goose Up

CREATE TABLE journals (
    id         uuid PRIMARY KEY,
    no         integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    node       text NOT NULL,
    position   bigint NOT NULL DEFAULT 0,
    applied    bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN journals.position IS 'Number of the last event applied or set aside.';
COMMENT ON COLUMN journals.applied IS 'How many events that were; fewer than the journal wrote means that some were missed.';

CREATE TABLE journal_rejects (
    journal_id  uuid NOT NULL REFERENCES journals,
    seq         bigint NOT NULL,
    at          timestamptz NOT NULL,
    contact_id  uuid,
    kind        integer NOT NULL,
    kind_name   text NOT NULL,
    payload     bytea NOT NULL,
    error       text NOT NULL,
    tries       integer NOT NULL DEFAULT 1,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    PRIMARY KEY (journal_id, seq)
);
COMMENT ON TABLE journal_rejects IS 'Events that could not be applied, kept whole. A row without resolved_at needs a person.';
CREATE INDEX journal_rejects_open ON journal_rejects (journal_id, seq) WHERE resolved_at IS NULL;

CREATE TABLE journal_losses (
    journal_id uuid NOT NULL REFERENCES journals,
    seq        bigint NOT NULL,
    events     bigint NOT NULL,
    reason     text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (journal_id, seq)
);
COMMENT ON TABLE journal_losses IS 'How many events were lost before the given number, and why. Should stay empty.';

CREATE TABLE node_runs (
    boot_id    uuid PRIMARY KEY,
    node       text NOT NULL,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    why        text
);

-- +goose Down
DROP TABLE node_runs, journal_losses, journal_rejects, journals;
