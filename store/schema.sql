-- The schema as the migrations make it, for reading. Written by: go test ./store -run Dump -update

CREATE FUNCTION public.actor() RETURNS text
    LANGUAGE sql STABLE
    RETURN COALESCE(NULLIF(current_setting('app.actor'::text, true), ''::text), 'system'::text);

CREATE TABLE public.cases (
    id uuid NOT NULL,
    no text NOT NULL,
    kind text DEFAULT 'inquiry'::text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    sensitivity text DEFAULT 'normal'::text NOT NULL,
    profile_id uuid,
    person_id uuid,
    on_behalf_id uuid,
    owner_staff_id uuid,
    first_contact_id uuid,
    service_form text,
    matter_type text,
    district text,
    priority integer DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    accepted_on date,
    closed_at timestamp with time zone,
    close_reason text,
    limitation_on date,
    parent_case_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT cases_closed CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT cases_kind_check CHECK ((kind = ANY (ARRAY['inquiry'::text, 'application'::text, 'notice_case'::text, 'duty_request'::text, 'mediation'::text, 'minors_support'::text, 'complaint'::text, 'committee'::text, 'outreach'::text]))),
    CONSTRAINT cases_no_check CHECK ((no ~ '^[A-Z]{2}-[0-9]{4}-[A-Z]{2}-[0-9]{6,}-[0-9]$'::text)),
    CONSTRAINT cases_sensitivity_check CHECK ((sensitivity = ANY (ARRAY['normal'::text, 'restricted'::text, 'minors'::text, 'sealed'::text]))),
    CONSTRAINT cases_status_check CHECK ((status = ANY (ARRAY['open'::text, 'waiting'::text, 'closed'::text])))
);

CREATE TABLE public.profile_flags (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    profile_id uuid NOT NULL,
    flag text NOT NULL,
    line_id uuid,
    reason text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    proposed_by text NOT NULL,
    approved_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT profile_flags_by_rule CHECK (((flag <> 'abusive'::text) OR (approved_by IS NOT NULL) OR (valid_until <= (valid_from + '24:00:00'::interval)))),
    CONSTRAINT profile_flags_end CHECK ((valid_until >= valid_from)),
    CONSTRAINT profile_flags_flag_check CHECK ((flag = ANY (ARRAY['abusive'::text, 'blocked'::text, 'minor'::text, 'care_plan'::text, 'silent_pattern'::text]))),
    CONSTRAINT profile_flags_longest CHECK (((flag <> ALL (ARRAY['abusive'::text, 'blocked'::text])) OR (valid_until <= (valid_from + '30 days'::interval)))),
    CONSTRAINT profile_flags_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT profile_flags_two_people CHECK (((flag <> 'blocked'::text) OR ((approved_by IS NOT NULL) AND (approved_by <> proposed_by))))
);

COMMENT ON COLUMN public.profile_flags.line_id IS 'The only line it counts on; all lines when NULL.';

CREATE FUNCTION public.is_child(profile uuid, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN ((EXISTS (SELECT FROM public.profile_flags f WHERE ((f.profile_id = is_child.profile) AND (f.flag = 'minor'::text) AND (f.valid_from <= is_child.at) AND (f.valid_until > is_child.at)))) OR (EXISTS (SELECT FROM public.cases k WHERE ((k.profile_id = is_child.profile) AND (k.sensitivity = 'minors'::text)))));

CREATE FUNCTION public.let_children_in() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.mark_abusive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION public.spare_children() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    NEW.updated_by := actor();
    NEW.row_version := OLD.row_version + 1;
    RETURN NEW;
END $$;

CREATE TABLE public.access_needs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    profile_id uuid,
    person_id uuid,
    need text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT access_needs_need_check CHECK ((need = ANY (ARRAY['deaf'::text, 'hard_hearing'::text, 'blind'::text, 'slow_speech'::text, 'interpreter'::text, 'home_visit'::text, 'woman_counselor'::text]))),
    CONSTRAINT access_needs_whose CHECK ((num_nonnulls(profile_id, person_id) = 1))
);

CREATE TABLE public.agencies (
    code text NOT NULL,
    name text NOT NULL,
    phrase text NOT NULL,
    reply_days smallint DEFAULT 5 NOT NULL,
    checked_on date,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT agencies_code_check CHECK ((code ~ '^[0-9]{3,6}$'::text)),
    CONSTRAINT agencies_name_check CHECK ((name <> ''::text)),
    CONSTRAINT agencies_phrase_check CHECK ((phrase ~ '^AGENCY-[A-Z0-9-]+$'::text)),
    CONSTRAINT agencies_reply_days_check CHECK (((reply_days >= 1) AND (reply_days <= 60)))
);

COMMENT ON COLUMN public.agencies.reply_days IS 'Working days within which it answers the caller.';

CREATE TABLE public.alarms (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    object text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    raised_at timestamp with time zone DEFAULT now() NOT NULL,
    cleared_at timestamp with time zone,
    cleared_by text,
    CONSTRAINT alarms_kind_check CHECK ((kind ~ '^[a-z_]+$'::text))
);

CREATE TABLE public.applications (
    case_id uuid NOT NULL,
    lacking text,
    lacked_at timestamp with time zone,
    complete_at timestamp with time zone,
    promise_due timestamp with time zone,
    statutory_due timestamp with time zone,
    decision text,
    reason text,
    lawyer text,
    decided_at timestamp with time zone,
    told_at timestamp with time zone,
    told_in uuid,
    objected_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT applications_complete CHECK (((lacked_at IS NOT NULL) OR (complete_at IS NOT NULL))),
    CONSTRAINT applications_decided CHECK (((decision IS NULL) = (decided_at IS NULL))),
    CONSTRAINT applications_decision_check CHECK ((decision = ANY (ARRAY['granted'::text, 'refused'::text]))),
    CONSTRAINT applications_dues CHECK ((num_nonnulls(complete_at, promise_due, statutory_due) = ANY (ARRAY[0, 3]))),
    CONSTRAINT applications_lacking CHECK (((lacking IS NULL) = (lacked_at IS NULL))),
    CONSTRAINT applications_lacking_check CHECK ((lacking ~ '^DOC-[A-Z0-9-]+( DOC-[A-Z0-9-]+)*$'::text)),
    CONSTRAINT applications_lawyer_check CHECK ((lawyer ~ '^[A-Z][A-Z0-9-]*$'::text)),
    CONSTRAINT applications_reason CHECK ((((decision = 'refused'::text) IS NOT TRUE) OR (reason IS NOT NULL))),
    CONSTRAINT applications_reason_check CHECK ((reason ~ '^REASON-[A-Z0-9-]+$'::text)),
    CONSTRAINT applications_whole CHECK (((decision IS NULL) OR (complete_at IS NOT NULL)))
);

COMMENT ON COLUMN public.applications.lacked_at IS 'When the applicant was told what is missing, all of it: that is done once (art. 43).';

CREATE TABLE public.appointment_slots (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    point_id uuid NOT NULL,
    kind text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    minutes smallint DEFAULT 30 NOT NULL,
    seat_no smallint DEFAULT 1 NOT NULL,
    place text,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT appointment_slots_kind_check CHECK ((kind = ANY (ARRAY['advice'::text, 'mediation'::text, 'home'::text]))),
    CONSTRAINT appointment_slots_minutes_check CHECK ((minutes > 0)),
    CONSTRAINT appointment_slots_place_check CHECK ((place ~ '^[A-Z][A-Z0-9-]*$'::text)),
    CONSTRAINT appointment_slots_seat_no_check CHECK ((seat_no > 0))
);

COMMENT ON COLUMN public.appointment_slots.place IS 'Phrase of the place when it is not the point itself: at home, by phone.';

CREATE TABLE public.appointments (
    id uuid NOT NULL,
    reference text NOT NULL,
    slot_id uuid NOT NULL,
    status text NOT NULL,
    held_until timestamp with time zone,
    case_id uuid,
    contact_id uuid,
    phone_key bytea,
    phone_enc bytea,
    lang text,
    source text DEFAULT 'phone'::text NOT NULL,
    moved_to uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT appointments_held CHECK (((status = 'held'::text) = (held_until IS NOT NULL))),
    CONSTRAINT appointments_lang_check CHECK ((lang = ANY (ARRAY['zh-CN'::text, 'yue'::text, 'en'::text]))),
    CONSTRAINT appointments_phone_key_check CHECK ((octet_length(phone_key) = 32)),
    CONSTRAINT appointments_reference_check CHECK ((reference ~ '^[0-9]{6,20}$'::text)),
    CONSTRAINT appointments_source_check CHECK ((source = ANY (ARRAY['phone'::text, 'staff'::text, 'h5'::text]))),
    CONSTRAINT appointments_status_check CHECK ((status = ANY (ARRAY['held'::text, 'booked'::text, 'confirmed'::text, 'cancelled'::text, 'moved'::text, 'expired'::text, 'no_show'::text, 'done'::text])))
);

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text DEFAULT public.actor() NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.call_events (
    contact_id uuid NOT NULL,
    journal integer NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT call_events_kind_check CHECK ((kind = ANY (ARRAY['contact_opened'::text, 'contact_classified'::text, 'contact_closed'::text, 'leg_added'::text, 'leg_ringing'::text, 'leg_answered'::text, 'leg_ended'::text, 'flow_entered'::text, 'node_entered'::text, 'node_left'::text, 'keyed'::text, 'prompted'::text, 'language_chosen'::text, 'noted'::text, 'enqueued'::text, 'dequeued'::text, 'offered'::text, 'offer_ended'::text, 'connected'::text, 'held'::text, 'resumed'::text, 'talk_ended'::text, 'wrapped'::text, 'recording_started'::text, 'recording_gap'::text, 'recording_closed'::text, 'voicemail_kept'::text, 'survey_asked'::text, 'survey_answered'::text, 'survey_skipped'::text, 'consented'::text, 'staff_changed'::text, 'node_started'::text, 'node_stopped'::text, 'events_lost'::text, 'callback_promised'::text, 'request_filed'::text, 'clip_played'::text, 'callback_tried'::text, 'decided'::text])))
);

CREATE TABLE public.call_legs (
    contact_id uuid NOT NULL,
    leg integer NOT NULL,
    role text NOT NULL,
    dir text NOT NULL,
    sip_call_id text,
    local_tag text,
    remote_tag text,
    codec text,
    extension text,
    staff_id uuid,
    trunk text,
    number_hmac bytea,
    number_enc bytea,
    setup_at timestamp with time zone NOT NULL,
    ring_at timestamp with time zone,
    answer_at timestamp with time zone,
    bye_at timestamp with time zone,
    ended_by text,
    sip_code integer,
    q850 integer,
    cause text,
    mos real,
    loss_pct real,
    jitter_ms integer,
    rtt_ms integer,
    packets_sent bigint,
    packets_received bigint,
    packets_lost bigint,
    CONSTRAINT call_legs_dir_check CHECK ((dir = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT call_legs_ended_by_check CHECK ((ended_by = ANY (ARRAY['caller'::text, 'staff'::text, 'system'::text, 'network'::text]))),
    CONSTRAINT call_legs_leg_check CHECK ((leg > 0)),
    CONSTRAINT call_legs_role_check CHECK ((role = ANY (ARRAY['caller'::text, 'staff'::text, 'lawyer'::text, 'supervisor'::text, 'agency'::text, 'emergency'::text, 'mediator'::text, 'party'::text])))
);

COMMENT ON COLUMN public.call_legs.sip_call_id IS 'Keyed hash of the SIP Call-ID.';

CREATE TABLE public.callbacks (
    id uuid NOT NULL,
    reference text NOT NULL,
    contact_id uuid NOT NULL,
    phone_key bytea NOT NULL,
    phone_enc bytea NOT NULL,
    queue text NOT NULL,
    queue_id uuid,
    original_entered_at timestamp with time zone NOT NULL,
    promised_at timestamp with time zone NOT NULL,
    lang text,
    class text NOT NULL,
    neutral boolean NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone,
    status text NOT NULL,
    merged_into uuid,
    done_at timestamp with time zone,
    CONSTRAINT callbacks_class_check CHECK ((class = ANY (ARRAY['ordinary'::text, 'minor'::text, 'danger'::text]))),
    CONSTRAINT callbacks_merged CHECK (((status = 'merged'::text) = (merged_into IS NOT NULL))),
    CONSTRAINT callbacks_phone_key_check CHECK ((octet_length(phone_key) = 32)),
    CONSTRAINT callbacks_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'dialing'::text, 'reached'::text, 'unreached'::text, 'cancelled'::text, 'merged'::text])))
);

CREATE TABLE public.care_plans (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    profile_id uuid,
    person_id uuid,
    preferred_staff_id uuid,
    daily_minutes integer,
    helps_enc bytea,
    avoid_enc bytea,
    review_on date NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT care_plans_daily_minutes_check CHECK ((daily_minutes > 0)),
    CONSTRAINT care_plans_whose CHECK ((num_nonnulls(profile_id, person_id) = 1))
);

CREATE TABLE public.case_outcomes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    received_cents bigint NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    contact_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT case_outcomes_received_cents_check CHECK ((received_cents >= 0)),
    CONSTRAINT case_outcomes_state_check CHECK ((state = ANY (ARRAY['open'::text, 'right'::text, 'wrong'::text])))
);

CREATE TABLE public.case_progress (
    case_id uuid NOT NULL,
    stage text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT case_progress_stage_check CHECK ((stage = ANY (ARRAY['received'::text, 'lacking'::text, 'review'::text, 'granted'::text, 'refused'::text, 'assigned'::text, 'open'::text, 'closed'::text, 'withdrawn'::text])))
);

CREATE TABLE public.clip_plays (
    clip text NOT NULL,
    lang text NOT NULL,
    day date NOT NULL,
    plays integer DEFAULT 0 NOT NULL,
    whole integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.code_clips (
    id text NOT NULL,
    topic text NOT NULL,
    articles text NOT NULL,
    langs text[] DEFAULT '{zh-CN,yue,en}'::text[] NOT NULL,
    active boolean DEFAULT true NOT NULL
);

CREATE TABLE public.code_misses (
    who bytea NOT NULL,
    hour timestamp with time zone NOT NULL,
    misses integer NOT NULL
);

CREATE TABLE public.commitments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    group_phrase text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    contact_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT commitments_group_phrase_check CHECK ((group_phrase ~ '^GROUP-[A-Z0-9-]+$'::text)),
    CONSTRAINT commitments_state_check CHECK ((state = ANY (ARRAY['open'::text, 'agreed'::text, 'refused'::text])))
);

CREATE TABLE public.consents (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    contact_id uuid NOT NULL,
    purpose text NOT NULL,
    given text NOT NULL,
    legal_basis text NOT NULL,
    method text NOT NULL,
    keyed text,
    text_version text,
    text_sha256 bytea,
    lang text,
    recording_id uuid,
    offset_ms bigint,
    at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT consents_given_check CHECK ((given = ANY (ARRAY['yes'::text, 'no'::text, 'not_needed'::text, 'silent'::text]))),
    CONSTRAINT consents_legal_basis_check CHECK ((legal_basis = ANY (ARRAY['statutory_duty'::text, 'vital_interest'::text, 'consent_self'::text, 'consent_guardian'::text]))),
    CONSTRAINT consents_purpose_check CHECK ((purpose = ANY (ARRAY['recording'::text, 'referral'::text, 'sensitive_data'::text, 'mediation_recording'::text, 'survey'::text, 'guardian'::text, 'commitment'::text, 'settlement_term'::text]))),
    CONSTRAINT consents_text_sha256_check CHECK ((octet_length(text_sha256) = 32))
);

CREATE TABLE public.contact_articles (
    contact_id uuid NOT NULL,
    article text NOT NULL,
    sent boolean NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.contact_moves (
    id bigint NOT NULL,
    contact_id uuid NOT NULL,
    from_case uuid NOT NULL,
    to_case uuid NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text DEFAULT public.actor() NOT NULL
);

ALTER TABLE public.contact_moves ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.contact_moves_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts (
    id uuid NOT NULL,
    no text NOT NULL,
    channel text NOT NULL,
    line_id uuid,
    dialled text NOT NULL,
    case_id uuid NOT NULL,
    profile_id uuid,
    phone_id uuid,
    caller_kind text NOT NULL,
    caller_asserted text,
    class text DEFAULT 'ordinary'::text NOT NULL,
    risk_level text,
    lang text,
    trunk text,
    node text NOT NULL,
    boot_id uuid NOT NULL,
    flow text,
    flow_hash text,
    external_id text,
    queue_id uuid,
    first_staff_id uuid,
    started_at timestamp with time zone NOT NULL,
    queued_at timestamp with time zone,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    wrap_done_at timestamp with time zone,
    wait_ms bigint,
    talk_ms bigint DEFAULT 0 NOT NULL,
    hold_ms bigint DEFAULT 0 NOT NULL,
    wrap_ms bigint DEFAULT 0 NOT NULL,
    disposition text,
    outcome text,
    stage text,
    ended_by text,
    cause text,
    sip_code integer,
    q850 integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contacts_caller_kind_check CHECK ((caller_kind = ANY (ARRAY['mobile'::text, 'fixed'::text, 'short'::text, 'foreign'::text, 'other'::text, 'withheld'::text]))),
    CONSTRAINT contacts_channel_check CHECK ((channel = ANY (ARRAY['call_in'::text, 'callback'::text, 'call_out'::text, 'voicemail'::text, 'h5'::text, 'walk_in'::text, 'sms'::text]))),
    CONSTRAINT contacts_class_check CHECK ((class = ANY (ARRAY['ordinary'::text, 'minor'::text, 'danger'::text]))),
    CONSTRAINT contacts_ended CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT contacts_ended_by_check CHECK ((ended_by = ANY (ARRAY['caller'::text, 'staff'::text, 'system'::text, 'network'::text]))),
    CONSTRAINT contacts_no_check CHECK ((no ~ '^C[0-9]{8}-[0-9]{6,}$'::text)),
    CONSTRAINT contacts_outcome_check CHECK ((outcome = ANY (ARRAY['answered'::text, 'abandoned'::text, 'callback'::text, 'message'::text, 'self_service'::text, 'closed'::text, 'silent'::text, 'refused'::text, 'blocked'::text, 'referred'::text, 'unreached'::text, 'failed'::text, 'interrupted'::text]))),
    CONSTRAINT contacts_risk_level_check CHECK ((risk_level = ANY (ARRAY['R0'::text, 'R1'::text, 'R2'::text, 'R3'::text]))),
    CONSTRAINT contacts_stage_check CHECK ((stage = ANY (ARRAY['setup'::text, 'greeting'::text, 'menu'::text, 'queue'::text, 'ringing'::text, 'talk'::text, 'message'::text, 'after'::text])))
);

COMMENT ON COLUMN public.contacts.external_id IS 'Keyed hash of the SIP Call-ID.';

CREATE TABLE public.facilities (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    district text,
    numbers_only boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT facilities_code_check CHECK ((code ~ '^[0-9]{4}$'::text)),
    CONSTRAINT facilities_kind_check CHECK ((kind = ANY (ARRAY['detention'::text, 'procuratorate'::text, 'court'::text, 'police'::text]))),
    CONSTRAINT facilities_name_check CHECK ((name <> ''::text))
);

COMMENT ON COLUMN public.facilities.numbers_only IS 'Its PIN counts only from its own numbers.';

CREATE TABLE public.facility_numbers (
    e164_hmac bytea NOT NULL,
    e164_enc bytea NOT NULL,
    facility_id uuid NOT NULL,
    CONSTRAINT facility_numbers_e164_hmac_check CHECK ((octet_length(e164_hmac) = 32))
);

CREATE TABLE public.facility_pins (
    facility_id uuid NOT NULL,
    pin_hmac bytea NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    fails smallint DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    set_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT facility_pins_pin_hmac_check CHECK ((octet_length(pin_hmac) = 32))
);

CREATE VIEW public.flow_dropoff AS
 WITH versions AS (
         SELECT DISTINCT call_events.contact_id,
            (call_events.data ->> 'flow'::text) AS flow,
            (call_events.data ->> 'hash'::text) AS hash
           FROM public.call_events
          WHERE (call_events.kind = 'flow_entered'::text)
        )
 SELECT (e.data ->> 'flow'::text) AS flow,
    v.hash,
    (e.data ->> 'node'::text) AS node,
    count(*) FILTER (WHERE (e.kind = 'node_entered'::text)) AS entered,
    count(*) FILTER (WHERE ((e.kind = 'node_left'::text) AND ((e.data ->> 'outcome'::text) <> 'gone'::text))) AS went_on,
    count(*) FILTER (WHERE ((e.kind = 'node_left'::text) AND ((e.data ->> 'outcome'::text) = 'gone'::text))) AS hung_up,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY (COALESCE(((e.data ->> 'took_ms'::text))::double precision, (0)::double precision) / (1000)::double precision)) FILTER (WHERE (e.kind = 'node_left'::text)) AS median_seconds
   FROM (public.call_events e
     LEFT JOIN versions v ON (((v.contact_id = e.contact_id) AND (v.flow = (e.data ->> 'flow'::text)))))
  WHERE (e.kind = ANY (ARRAY['node_entered'::text, 'node_left'::text]))
  GROUP BY (e.data ->> 'flow'::text), v.hash, (e.data ->> 'node'::text);

CREATE TABLE public.journal_losses (
    journal_id uuid NOT NULL,
    seq bigint NOT NULL,
    events bigint NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.journal_losses IS 'How many events were lost before the given number, and why. Should stay empty.';

CREATE TABLE public.journal_rejects (
    journal_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    contact_id uuid,
    kind integer NOT NULL,
    kind_name text NOT NULL,
    payload bytea NOT NULL,
    error text NOT NULL,
    tries integer DEFAULT 1 NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone
);

COMMENT ON TABLE public.journal_rejects IS 'Events that could not be applied, kept whole. A row without resolved_at needs a person.';

CREATE TABLE public.journals (
    id uuid NOT NULL,
    no integer NOT NULL,
    node text NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON COLUMN public.journals."position" IS 'Number of the last event applied or set aside.';

COMMENT ON COLUMN public.journals.applied IS 'How many events that were; fewer than the journal wrote means that some were missed.';

ALTER TABLE public.journals ALTER COLUMN no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journals_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.key_prints (
    name text NOT NULL,
    print bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.key_prints IS 'Fingerprints of the keys the encrypted columns were written with.';

CREATE TABLE public.lines (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    default_lang text DEFAULT 'zh-CN'::text NOT NULL,
    flow text NOT NULL,
    queue_id uuid,
    minors boolean DEFAULT false NOT NULL,
    record_policy text DEFAULT 'announced'::text NOT NULL,
    case_code text DEFAULT 'LA'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT lines_case_code_check CHECK ((case_code ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT lines_default_lang_check CHECK ((default_lang = ANY (ARRAY['zh-CN'::text, 'yue'::text, 'en'::text]))),
    CONSTRAINT lines_number_check CHECK ((number ~ '^[0-9]{2,15}$'::text)),
    CONSTRAINT lines_record_policy_check CHECK ((record_policy = ANY (ARRAY['announced'::text, 'never'::text, 'after_consent'::text])))
);

CREATE TABLE public.mediation_answers (
    term_id uuid NOT NULL,
    party_id uuid NOT NULL,
    answer text NOT NULL,
    contact_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT mediation_answers_answer_check CHECK ((answer = ANY (ARRAY['agreed'::text, 'refused'::text])))
);

COMMENT ON TABLE public.mediation_answers IS 'The latest answer of each side to each term.';

CREATE TABLE public.mediation_attendances (
    contact_id uuid NOT NULL,
    party_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.mediation_parties (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    mediation_id uuid NOT NULL,
    side text NOT NULL,
    dial_hmac bytea NOT NULL,
    dial_from timestamp with time zone NOT NULL,
    dial_until timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    phrase text DEFAULT 'SIDE-OTHER'::text NOT NULL,
    phone_key bytea,
    phone_enc bytea,
    answer text,
    answered_at timestamp with time zone,
    CONSTRAINT mediation_parties_answer_check CHECK ((answer = ANY (ARRAY['joins'::text, 'other-time'::text, 'refuses'::text]))),
    CONSTRAINT mediation_parties_dial_hmac_check CHECK ((octet_length(dial_hmac) = 32)),
    CONSTRAINT mediation_parties_phone_key_check CHECK ((octet_length(phone_key) = 32)),
    CONSTRAINT mediation_parties_phrase_check CHECK ((phrase ~ '^SIDE-[A-Z0-9-]+$'::text)),
    CONSTRAINT mediation_parties_side_check CHECK ((side = ANY (ARRAY['applicant'::text, 'respondent'::text])))
);

COMMENT ON COLUMN public.mediation_parties.phrase IS 'How this side is named to the other.';

CREATE TABLE public.mediation_terms (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    mediation_id uuid NOT NULL,
    no smallint NOT NULL,
    words text NOT NULL,
    clip text NOT NULL,
    withdrawn_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT mediation_terms_clip_check CHECK ((clip ~ '^[A-Z][A-Z0-9-]*$'::text)),
    CONSTRAINT mediation_terms_no_check CHECK (((no >= 1) AND (no <= 99))),
    CONSTRAINT mediation_terms_words_check CHECK ((words <> ''::text))
);

CREATE TABLE public.mediations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    confirm_by timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT mediations_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'open'::text, 'settled'::text, 'not_settled'::text, 'cancelled'::text])))
);

COMMENT ON COLUMN public.mediations.confirm_by IS 'Until when both may ask the court to confirm (People''s Mediation Law art. 33).';

CREATE TABLE public.messages (
    id uuid NOT NULL,
    template text NOT NULL,
    lang text NOT NULL,
    to_key bytea NOT NULL,
    to_enc bytea NOT NULL,
    params_enc bytea NOT NULL,
    neutral boolean NOT NULL,
    reference text NOT NULL,
    contact_id uuid NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    filed_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    text_sha256 bytea,
    CONSTRAINT messages_lang_check CHECK ((lang = ANY (ARRAY['zh-CN'::text, 'yue'::text, 'en'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'failed'::text]))),
    CONSTRAINT messages_template_check CHECK ((template ~ '^[a-z_]+$'::text)),
    CONSTRAINT messages_text_sha256_check CHECK ((octet_length(text_sha256) = 32)),
    CONSTRAINT messages_to_key_check CHECK ((octet_length(to_key) = 32))
);

CREATE TABLE public.node_runs (
    boot_id uuid NOT NULL,
    node text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    why text
);

CREATE TABLE public.person_phones (
    person_id uuid NOT NULL,
    phone_id uuid NOT NULL,
    ok_to_call boolean DEFAULT false NOT NULL,
    ok_to_sms boolean DEFAULT false NOT NULL,
    ok_to_voicemail boolean DEFAULT false NOT NULL,
    neutral_name boolean DEFAULT true NOT NULL,
    safe_times jsonb DEFAULT '[]'::jsonb NOT NULL,
    shared_with text,
    verified_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT person_phones_shared_with_check CHECK ((shared_with = ANY (ARRAY['family'::text, 'school'::text, 'employer'::text])))
);

CREATE TABLE public.persons (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text DEFAULT 'natural'::text NOT NULL,
    name_enc bytea,
    name_hmac bytea,
    id_type text,
    id_no_enc bytea,
    id_no_hmac bytea,
    birth_date_enc bytea,
    gender text,
    residence_area text,
    nickname text,
    merged_into_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT persons_gender_check CHECK ((gender = ANY (ARRAY['female'::text, 'male'::text, 'other'::text]))),
    CONSTRAINT persons_id_no_hmac_check CHECK ((octet_length(id_no_hmac) = 32)),
    CONSTRAINT persons_kind_check CHECK ((kind = ANY (ARRAY['natural'::text, 'org'::text]))),
    CONSTRAINT persons_name_hmac_check CHECK ((octet_length(name_hmac) = 32))
);

CREATE TABLE public.phones (
    id uuid NOT NULL,
    e164_hmac bytea NOT NULL,
    e164_enc bytea NOT NULL,
    line_kind text NOT NULL,
    shared boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT phones_e164_hmac_check CHECK ((octet_length(e164_hmac) = 32)),
    CONSTRAINT phones_line_kind_check CHECK ((line_kind = ANY (ARRAY['mobile'::text, 'fixed'::text, 'short'::text, 'foreign'::text, 'other'::text, 'facility'::text])))
);

COMMENT ON COLUMN public.phones.shared IS 'Many unrelated people call with it: it never finds anybody''s case.';

CREATE TABLE public.point_districts (
    point_id uuid NOT NULL,
    district text NOT NULL,
    rank smallint DEFAULT 1 NOT NULL,
    CONSTRAINT point_districts_district_check CHECK ((district <> ''::text)),
    CONSTRAINT point_districts_rank_check CHECK ((rank > 0))
);

COMMENT ON COLUMN public.point_districts.rank IS '1 is the nearest to the district.';

CREATE TABLE public.profiles (
    id uuid NOT NULL,
    phone_id uuid NOT NULL,
    person_id uuid,
    lang text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT profiles_lang_check CHECK ((lang = ANY (ARRAY['zh-CN'::text, 'yue'::text, 'en'::text])))
);

CREATE TABLE public.prompt_takes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number integer NOT NULL,
    lang text NOT NULL,
    name text NOT NULL,
    words text NOT NULL,
    asked_by text DEFAULT public.actor() NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_by text,
    recorded_at timestamp with time zone,
    path text,
    seconds real,
    state text DEFAULT 'asked'::text NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    CONSTRAINT prompt_takes_lang_check CHECK ((lang = ANY (ARRAY['zh-CN'::text, 'yue'::text, 'en'::text]))),
    CONSTRAINT prompt_takes_name_check CHECK ((name <> ''::text)),
    CONSTRAINT prompt_takes_path_check CHECK ((path !~ '(^/|(^|/)\.\.(/|$))'::text)),
    CONSTRAINT prompt_takes_recorded CHECK (((state = 'asked'::text) OR ((recorded_by IS NOT NULL) AND (path IS NOT NULL)))),
    CONSTRAINT prompt_takes_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'recorded'::text, 'approved'::text, 'refused'::text]))),
    CONSTRAINT prompt_takes_two_people CHECK (((state <> 'approved'::text) OR ((decided_by IS NOT NULL) AND (decided_by <> recorded_by)))),
    CONSTRAINT prompt_takes_words_check CHECK ((words <> ''::text))
);

COMMENT ON COLUMN public.prompt_takes.number IS 'What is keyed after the feature code.';

ALTER TABLE public.prompt_takes ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.prompt_takes_number_seq
    START WITH 101
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.qualification_kinds (
    code text NOT NULL,
    name text NOT NULL,
    CONSTRAINT qualification_kinds_code_check CHECK ((code ~ '^[a-z_]+$'::text))
);

CREATE TABLE public.qualifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL,
    level smallint DEFAULT 3 NOT NULL,
    number text,
    issued_on date,
    expires_on date,
    checked_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT qualifications_level_check CHECK (((level >= 1) AND (level <= 5)))
);

CREATE TABLE public.query_codes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    reference text NOT NULL,
    case_id uuid,
    appointment_id uuid,
    code_hmac bytea NOT NULL,
    fails smallint DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    issued_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT query_codes_code_hmac_check CHECK ((octet_length(code_hmac) = 32)),
    CONSTRAINT query_codes_reference_check CHECK ((reference ~ '^[0-9]{6,20}$'::text)),
    CONSTRAINT query_codes_whose CHECK ((num_nonnulls(case_id, appointment_id) = 1))
);

COMMENT ON COLUMN public.query_codes.reference IS 'As keyed on a telephone: the digits of a case number, or of an appointment.';

CREATE TABLE public.queues (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    requires text[] DEFAULT '{}'::text[] NOT NULL,
    prefers text[] DEFAULT '{}'::text[] NOT NULL,
    minors boolean DEFAULT false NOT NULL,
    base_priority integer DEFAULT 0 NOT NULL,
    sl_seconds integer DEFAULT 15 NOT NULL,
    sl_target numeric(5,2) DEFAULT 80 NOT NULL,
    short_abandon_s integer DEFAULT 5 NOT NULL,
    ring_s integer DEFAULT 20 NOT NULL,
    wrap_s integer DEFAULT 60 NOT NULL,
    max_wait_s integer,
    max_length integer,
    overflow jsonb DEFAULT '[]'::jsonb NOT NULL,
    callback_rule jsonb DEFAULT '{}'::jsonb NOT NULL,
    min_staff_alarm integer DEFAULT 1 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    strategy text DEFAULT 'longest-idle'::text NOT NULL,
    rings_at_once integer DEFAULT 1 NOT NULL,
    reserve integer DEFAULT 0 NOT NULL,
    sticky_s integer DEFAULT 20 NOT NULL,
    CONSTRAINT queues_code_check CHECK ((code ~ '^[a-z][a-z0-9_-]*$'::text)),
    CONSTRAINT queues_max_length_check CHECK ((max_length > 0)),
    CONSTRAINT queues_max_wait_s_check CHECK ((max_wait_s > 0)),
    CONSTRAINT queues_minors_qualified CHECK (((NOT minors) OR ('minors'::text = ANY (requires)))),
    CONSTRAINT queues_minors_unlimited CHECK (((NOT minors) OR ((max_wait_s IS NULL) AND (max_length IS NULL)))),
    CONSTRAINT queues_reserve_check CHECK ((reserve >= 0)),
    CONSTRAINT queues_ring_s_check CHECK ((ring_s > 0)),
    CONSTRAINT queues_rings_at_once_check CHECK (((rings_at_once >= 1) AND (rings_at_once <= 10))),
    CONSTRAINT queues_short_abandon_s_check CHECK ((short_abandon_s >= 0)),
    CONSTRAINT queues_sl_seconds_check CHECK ((sl_seconds > 0)),
    CONSTRAINT queues_sticky_s_check CHECK ((sticky_s >= 0)),
    CONSTRAINT queues_strategy_check CHECK ((strategy = ANY (ARRAY['longest-idle'::text, 'least-talk'::text, 'fewest-calls'::text, 'round-robin'::text, 'top-down'::text]))),
    CONSTRAINT queues_wrap_s_check CHECK ((wrap_s >= 0))
);

COMMENT ON COLUMN public.queues.sticky_s IS 'How long the counselor of last time is waited for.';

CREATE TABLE public.recordings (
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    class text NOT NULL,
    storage_key text NOT NULL,
    channels smallint NOT NULL,
    tracks text,
    bytes bigint,
    duration_ms bigint,
    sha256 bytea,
    gaps jsonb DEFAULT '[]'::jsonb NOT NULL,
    partial_reason text,
    repaired boolean DEFAULT false NOT NULL,
    enc_key_id integer,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    hold_until timestamp with time zone,
    delete_after timestamp with time zone,
    sealed boolean DEFAULT false NOT NULL,
    state text DEFAULT 'writing'::text NOT NULL,
    verified_at timestamp with time zone,
    CONSTRAINT recordings_class_check CHECK ((class = ANY (ARRAY['advice'::text, 'minors'::text, 'crisis'::text, 'mediation'::text, 'committee'::text, 'voicemail'::text, 'survey'::text]))),
    CONSTRAINT recordings_closed CHECK (((state = 'writing'::text) = (ended_at IS NULL))),
    CONSTRAINT recordings_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT recordings_state_check CHECK ((state = ANY (ARRAY['writing'::text, 'closed'::text, 'verified'::text, 'altered'::text, 'missing'::text, 'deleted'::text]))),
    CONSTRAINT recordings_storage_key_check CHECK ((storage_key !~ '(^/|(^|/)\.\.(/|$))'::text))
);

CREATE TABLE public.referrals (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    agency text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    reference text,
    due_at timestamp with time zone,
    contact_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT referrals_state_check CHECK ((state = ANY (ARRAY['open'::text, 'sent'::text, 'refused'::text])))
);

CREATE TABLE public.requests (
    id uuid NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    contact_id uuid NOT NULL,
    facility text,
    facility_id uuid,
    case_id uuid,
    day timestamp with time zone,
    filed_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    handled_by text,
    result text,
    CONSTRAINT requests_kind_check CHECK ((kind = ANY (ARRAY['forward'::text, 'notice'::text, 'presence'::text, 'objection'::text, 'referral'::text])))
);

COMMENT ON COLUMN public.requests.facility IS 'The code as the caller gave it.';

CREATE TABLE public.revisit_calls (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    due_on date NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    contact_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    CONSTRAINT revisit_calls_state_check CHECK ((state = ANY (ARRAY['open'::text, 'asked'::text, 'declined'::text])))
);

COMMENT ON COLUMN public.revisit_calls.contact_id IS 'Of the latest call. Its answers stand in surveys.';

CREATE TABLE public.serials (
    scope text NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT serials_last_check CHECK ((last >= 0))
);

COMMENT ON TABLE public.serials IS 'Last public number given per scope: cases by area, year and code, contacts by day.';

CREATE TABLE public.service_points (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    phrase text NOT NULL,
    hours_phrase text DEFAULT 'HOURS-WORKDAYS'::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    walk_in boolean DEFAULT true NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT service_points_code_check CHECK ((code ~ '^[a-z0-9-]+$'::text)),
    CONSTRAINT service_points_hours_phrase_check CHECK ((hours_phrase ~ '^[A-Z][A-Z0-9-]*$'::text)),
    CONSTRAINT service_points_name_check CHECK ((name <> ''::text)),
    CONSTRAINT service_points_phrase_check CHECK ((phrase ~ '^[A-Z][A-Z0-9-]*$'::text))
);

CREATE TABLE public.shifts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    place text NOT NULL,
    facility_id uuid,
    backup_staff_id uuid,
    cancelled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT shifts_backup CHECK ((backup_staff_id <> staff_id)),
    CONSTRAINT shifts_length CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '7 days'::interval)))),
    CONSTRAINT shifts_place_check CHECK ((place = ANY (ARRAY['seat'::text, 'mobile'::text])))
);

COMMENT ON COLUMN public.shifts.facility_id IS 'The only facility it is for; the pool of the centre when NULL.';

CREATE TABLE public.staff (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    extension text NOT NULL,
    name text NOT NULL,
    login text NOT NULL,
    roles text[] NOT NULL,
    languages text[] DEFAULT '{zh-CN}'::text[] NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    dial_out boolean DEFAULT false NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    sip_realm text,
    ha1_md5_enc bytea,
    ha1_sha256_enc bytea,
    password_hash text,
    mobile_enc bytea,
    last_training_on date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT public.actor() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT public.actor() NOT NULL,
    row_version integer DEFAULT 1 NOT NULL,
    woman boolean DEFAULT false NOT NULL,
    district text,
    seat_order integer DEFAULT 0 NOT NULL,
    CONSTRAINT staff_extension_check CHECK ((extension ~ '^[0-9]{3,6}$'::text)),
    CONSTRAINT staff_languages_check CHECK ((languages <@ ARRAY['zh-CN'::text, 'yue'::text, 'en'::text])),
    CONSTRAINT staff_login_check CHECK ((login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'::text)),
    CONSTRAINT staff_name_check CHECK ((name <> ''::text)),
    CONSTRAINT staff_roles_check CHECK (((roles <> '{}'::text[]) AND (roles <@ ARRAY['counselor'::text, 'duty_lawyer'::text, 'assigned_lawyer'::text, 'examiner'::text, 'supervisor'::text, 'minors_lead'::text, 'qa_reviewer'::text, 'expert'::text, 'mediator'::text, 'finance'::text, 'archivist'::text, 'manager'::text, 'admin'::text, 'auditor'::text]))),
    CONSTRAINT staff_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'left'::text])))
);

CREATE TABLE public.staff_states (
    id bigint NOT NULL,
    extension text NOT NULL,
    staff_id uuid,
    state text NOT NULL,
    reason text,
    contact_id uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT staff_states_state_check CHECK ((state = ANY (ARRAY['offline'::text, 'ready'::text, 'reserved'::text, 'busy'::text, 'wrap_up'::text, 'break'::text, 'training'::text, 'mobile_duty'::text])))
);

ALTER TABLE public.staff_states ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.staff_states_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.surveys (
    contact_id uuid NOT NULL,
    channel text,
    score smallint,
    solved smallint,
    comment_recording_id uuid,
    asked_at timestamp with time zone,
    answered_at timestamp with time zone,
    skipped_reason text,
    CONSTRAINT surveys_score_check CHECK (((score >= 1) AND (score <= 5))),
    CONSTRAINT surveys_solved_check CHECK (((solved >= 1) AND (solved <= 3)))
);

CREATE TABLE public.voicemails (
    recording_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    queue_id uuid,
    kept_at timestamp with time zone NOT NULL,
    promised_at timestamp with time zone,
    handled_at timestamp with time zone,
    handled_by uuid,
    result text
);

ALTER TABLE ONLY public.access_needs
    ADD CONSTRAINT access_needs_person_id_need_key UNIQUE (person_id, need);

ALTER TABLE ONLY public.access_needs
    ADD CONSTRAINT access_needs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.access_needs
    ADD CONSTRAINT access_needs_profile_id_need_key UNIQUE (profile_id, need);

ALTER TABLE ONLY public.agencies
    ADD CONSTRAINT agencies_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.alarms
    ADD CONSTRAINT alarms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.applications
    ADD CONSTRAINT applications_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.appointment_slots
    ADD CONSTRAINT appointment_slots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appointment_slots
    ADD CONSTRAINT appointment_slots_point_id_kind_starts_at_seat_no_key UNIQUE (point_id, kind, starts_at, seat_no);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_reference_key UNIQUE (reference);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.call_events
    ADD CONSTRAINT call_events_pkey PRIMARY KEY (contact_id, journal, seq);

ALTER TABLE ONLY public.call_legs
    ADD CONSTRAINT call_legs_pkey PRIMARY KEY (contact_id, leg);

ALTER TABLE ONLY public.callbacks
    ADD CONSTRAINT callbacks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_profile_id_key UNIQUE (profile_id);

ALTER TABLE ONLY public.case_outcomes
    ADD CONSTRAINT case_outcomes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_progress
    ADD CONSTRAINT case_progress_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_no_key UNIQUE (no);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clip_plays
    ADD CONSTRAINT clip_plays_pkey PRIMARY KEY (clip, lang, day);

ALTER TABLE ONLY public.code_clips
    ADD CONSTRAINT code_clips_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.code_misses
    ADD CONSTRAINT code_misses_pkey PRIMARY KEY (who, hour);

ALTER TABLE ONLY public.commitments
    ADD CONSTRAINT commitments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contact_articles
    ADD CONSTRAINT contact_articles_pkey PRIMARY KEY (contact_id, article);

ALTER TABLE ONLY public.contact_moves
    ADD CONSTRAINT contact_moves_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_no_key UNIQUE (no);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facilities
    ADD CONSTRAINT facilities_code_key UNIQUE (code);

ALTER TABLE ONLY public.facilities
    ADD CONSTRAINT facilities_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facility_numbers
    ADD CONSTRAINT facility_numbers_pkey PRIMARY KEY (e164_hmac);

ALTER TABLE ONLY public.facility_pins
    ADD CONSTRAINT facility_pins_pkey PRIMARY KEY (facility_id);

ALTER TABLE ONLY public.journal_losses
    ADD CONSTRAINT journal_losses_pkey PRIMARY KEY (journal_id, seq);

ALTER TABLE ONLY public.journal_rejects
    ADD CONSTRAINT journal_rejects_pkey PRIMARY KEY (journal_id, seq);

ALTER TABLE ONLY public.journals
    ADD CONSTRAINT journals_no_key UNIQUE (no);

ALTER TABLE ONLY public.journals
    ADD CONSTRAINT journals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.key_prints
    ADD CONSTRAINT key_prints_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.lines
    ADD CONSTRAINT lines_number_key UNIQUE (number);

ALTER TABLE ONLY public.lines
    ADD CONSTRAINT lines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mediation_answers
    ADD CONSTRAINT mediation_answers_pkey PRIMARY KEY (term_id, party_id);

ALTER TABLE ONLY public.mediation_attendances
    ADD CONSTRAINT mediation_attendances_pkey PRIMARY KEY (contact_id);

ALTER TABLE ONLY public.mediation_parties
    ADD CONSTRAINT mediation_parties_dial_hmac_key UNIQUE (dial_hmac);

ALTER TABLE ONLY public.mediation_parties
    ADD CONSTRAINT mediation_parties_mediation_id_side_key UNIQUE (mediation_id, side);

ALTER TABLE ONLY public.mediation_parties
    ADD CONSTRAINT mediation_parties_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mediation_terms
    ADD CONSTRAINT mediation_terms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mediations
    ADD CONSTRAINT mediations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.node_runs
    ADD CONSTRAINT node_runs_pkey PRIMARY KEY (boot_id);

ALTER TABLE ONLY public.person_phones
    ADD CONSTRAINT person_phones_pkey PRIMARY KEY (person_id, phone_id);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_id_no_hmac_key UNIQUE (id_no_hmac);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.phones
    ADD CONSTRAINT phones_e164_hmac_key UNIQUE (e164_hmac);

ALTER TABLE ONLY public.phones
    ADD CONSTRAINT phones_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.point_districts
    ADD CONSTRAINT point_districts_pkey PRIMARY KEY (point_id, district);

ALTER TABLE ONLY public.profile_flags
    ADD CONSTRAINT profile_flags_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_phone_id_key UNIQUE (phone_id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.prompt_takes
    ADD CONSTRAINT prompt_takes_number_key UNIQUE (number);

ALTER TABLE ONLY public.prompt_takes
    ADD CONSTRAINT prompt_takes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.qualification_kinds
    ADD CONSTRAINT qualification_kinds_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.qualifications
    ADD CONSTRAINT qualifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.qualifications
    ADD CONSTRAINT qualifications_staff_id_kind_key UNIQUE (staff_id, kind);

ALTER TABLE ONLY public.query_codes
    ADD CONSTRAINT query_codes_appointment_id_key UNIQUE (appointment_id);

ALTER TABLE ONLY public.query_codes
    ADD CONSTRAINT query_codes_case_id_key UNIQUE (case_id);

ALTER TABLE ONLY public.query_codes
    ADD CONSTRAINT query_codes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.queues
    ADD CONSTRAINT queues_code_key UNIQUE (code);

ALTER TABLE ONLY public.queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_storage_key_key UNIQUE (storage_key);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.revisit_calls
    ADD CONSTRAINT revisit_calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.serials
    ADD CONSTRAINT serials_pkey PRIMARY KEY (scope);

ALTER TABLE ONLY public.service_points
    ADD CONSTRAINT service_points_code_key UNIQUE (code);

ALTER TABLE ONLY public.service_points
    ADD CONSTRAINT service_points_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT shifts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_extension_key UNIQUE (extension);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_login_key UNIQUE (login);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_states
    ADD CONSTRAINT staff_states_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.surveys
    ADD CONSTRAINT surveys_pkey PRIMARY KEY (contact_id);

ALTER TABLE ONLY public.voicemails
    ADD CONSTRAINT voicemails_pkey PRIMARY KEY (recording_id);

CREATE UNIQUE INDEX alarms_open ON public.alarms USING btree (kind, object) WHERE (cleared_at IS NULL);

CREATE INDEX appointment_slots_free ON public.appointment_slots USING btree (kind, starts_at) WHERE active;

CREATE INDEX appointments_phone ON public.appointments USING btree (phone_key) WHERE (status = ANY (ARRAY['held'::text, 'booked'::text, 'confirmed'::text]));

CREATE UNIQUE INDEX appointments_seat ON public.appointments USING btree (slot_id) WHERE (status = ANY (ARRAY['held'::text, 'booked'::text, 'confirmed'::text]));

CREATE INDEX audit_log_object ON public.audit_log USING btree (object, at);

CREATE UNIQUE INDEX callbacks_live ON public.callbacks USING btree (phone_key, queue) WHERE (status = ANY (ARRAY['pending'::text, 'dialing'::text]));

CREATE UNIQUE INDEX case_outcomes_open ON public.case_outcomes USING btree (case_id) WHERE (state = 'open'::text);

CREATE INDEX cases_person_open ON public.cases USING btree (person_id, opened_at) WHERE ((status <> 'closed'::text) AND (person_id IS NOT NULL));

CREATE INDEX cases_profile_minors ON public.cases USING btree (profile_id) WHERE (sensitivity = 'minors'::text);

CREATE INDEX cases_profile_open ON public.cases USING btree (profile_id, opened_at) WHERE (status <> 'closed'::text);

CREATE UNIQUE INDEX commitments_open ON public.commitments USING btree (case_id) WHERE (state = 'open'::text);

CREATE INDEX consents_contact ON public.consents USING btree (contact_id);

CREATE INDEX contact_moves_contact ON public.contact_moves USING btree (contact_id);

CREATE INDEX contacts_case ON public.contacts USING btree (case_id);

CREATE INDEX contacts_open ON public.contacts USING btree (node) WHERE (ended_at IS NULL);

CREATE INDEX contacts_profile ON public.contacts USING btree (profile_id, started_at) WHERE (profile_id IS NOT NULL);

CREATE INDEX contacts_started ON public.contacts USING btree (started_at);

CREATE INDEX journal_rejects_open ON public.journal_rejects USING btree (journal_id, seq) WHERE (resolved_at IS NULL);

CREATE INDEX mediation_parties_phone ON public.mediation_parties USING btree (phone_key);

CREATE UNIQUE INDEX mediation_terms_live ON public.mediation_terms USING btree (mediation_id, no) WHERE (withdrawn_at IS NULL);

CREATE INDEX messages_queued ON public.messages USING btree (filed_at) WHERE (status = 'queued'::text);

CREATE INDEX person_phones_phone ON public.person_phones USING btree (phone_id);

CREATE INDEX persons_name ON public.persons USING btree (name_hmac);

CREATE INDEX point_districts_near ON public.point_districts USING btree (district, rank);

CREATE INDEX profile_flags_profile ON public.profile_flags USING btree (profile_id, valid_until);

CREATE INDEX query_codes_reference ON public.query_codes USING btree (reference);

CREATE INDEX recordings_contact ON public.recordings USING btree (contact_id);

CREATE INDEX recordings_writing ON public.recordings USING btree (id) WHERE (state = 'writing'::text);

CREATE UNIQUE INDEX referrals_open ON public.referrals USING btree (case_id) WHERE (state = 'open'::text);

CREATE INDEX requests_due ON public.requests USING btree (due_at) WHERE (handled_at IS NULL);

CREATE INDEX requests_reference ON public.requests USING btree (reference);

CREATE UNIQUE INDEX revisit_calls_open ON public.revisit_calls USING btree (case_id) WHERE (state = 'open'::text);

CREATE INDEX shifts_ahead ON public.shifts USING btree (ends_at) WHERE (cancelled_at IS NULL);

CREATE INDEX staff_states_staff ON public.staff_states USING btree (extension, at);

CREATE INDEX voicemails_due ON public.voicemails USING btree (promised_at) WHERE (handled_at IS NULL);

CREATE TRIGGER applications_touch BEFORE UPDATE ON public.applications FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER appointments_touch BEFORE UPDATE ON public.appointments FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE CONSTRAINT TRIGGER call_events_abuse AFTER INSERT ON public.call_events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.kind = 'noted'::text) AND ((new.data ->> 'name'::text) = 'abuse.ended'::text))) EXECUTE FUNCTION public.mark_abusive();

CREATE TRIGGER call_events_append_only BEFORE DELETE OR UPDATE ON public.call_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER call_events_no_truncate BEFORE TRUNCATE ON public.call_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER care_plans_touch BEFORE UPDATE ON public.care_plans FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER case_progress_touch BEFORE UPDATE ON public.case_progress FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER cases_touch BEFORE UPDATE ON public.cases FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER contact_moves_append_only BEFORE DELETE OR UPDATE ON public.contact_moves FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER contact_moves_no_truncate BEFORE TRUNCATE ON public.contact_moves FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER facilities_touch BEFORE UPDATE ON public.facilities FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER lines_touch BEFORE UPDATE ON public.lines FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER mediations_touch BEFORE UPDATE ON public.mediations FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER persons_touch BEFORE UPDATE ON public.persons FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER profile_flags_children BEFORE INSERT OR UPDATE ON public.profile_flags FOR EACH ROW EXECUTE FUNCTION public.let_children_in();

CREATE TRIGGER profile_flags_spare BEFORE INSERT OR UPDATE ON public.profile_flags FOR EACH ROW EXECUTE FUNCTION public.spare_children();

CREATE TRIGGER profile_flags_touch BEFORE UPDATE ON public.profile_flags FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER qualifications_touch BEFORE UPDATE ON public.qualifications FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER queues_touch BEFORE UPDATE ON public.queues FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER service_points_touch BEFORE UPDATE ON public.service_points FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER shifts_touch BEFORE UPDATE ON public.shifts FOR EACH ROW EXECUTE FUNCTION public.touch();

CREATE TRIGGER staff_touch BEFORE UPDATE ON public.staff FOR EACH ROW EXECUTE FUNCTION public.touch();

ALTER TABLE ONLY public.access_needs
    ADD CONSTRAINT access_needs_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.access_needs
    ADD CONSTRAINT access_needs_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES public.profiles(id);

ALTER TABLE ONLY public.applications
    ADD CONSTRAINT applications_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.applications
    ADD CONSTRAINT applications_told_in_fkey FOREIGN KEY (told_in) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.appointment_slots
    ADD CONSTRAINT appointment_slots_point_id_fkey FOREIGN KEY (point_id) REFERENCES public.service_points(id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_moved_to_fkey FOREIGN KEY (moved_to) REFERENCES public.appointments(id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES public.appointment_slots(id);

ALTER TABLE ONLY public.call_legs
    ADD CONSTRAINT call_legs_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.call_legs
    ADD CONSTRAINT call_legs_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.callbacks
    ADD CONSTRAINT callbacks_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.callbacks
    ADD CONSTRAINT callbacks_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.callbacks(id);

ALTER TABLE ONLY public.callbacks
    ADD CONSTRAINT callbacks_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES public.queues(id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_preferred_staff_id_fkey FOREIGN KEY (preferred_staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.care_plans
    ADD CONSTRAINT care_plans_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES public.profiles(id);

ALTER TABLE ONLY public.case_outcomes
    ADD CONSTRAINT case_outcomes_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_outcomes
    ADD CONSTRAINT case_outcomes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.case_progress
    ADD CONSTRAINT case_progress_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_on_behalf_id_fkey FOREIGN KEY (on_behalf_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_owner_staff_id_fkey FOREIGN KEY (owner_staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_parent_case_id_fkey FOREIGN KEY (parent_case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES public.profiles(id);

ALTER TABLE ONLY public.commitments
    ADD CONSTRAINT commitments_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.commitments
    ADD CONSTRAINT commitments_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.contact_articles
    ADD CONSTRAINT contact_articles_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.contact_moves
    ADD CONSTRAINT contact_moves_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.contact_moves
    ADD CONSTRAINT contact_moves_from_case_fkey FOREIGN KEY (from_case) REFERENCES public.cases(id);

ALTER TABLE ONLY public.contact_moves
    ADD CONSTRAINT contact_moves_to_case_fkey FOREIGN KEY (to_case) REFERENCES public.cases(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_first_staff_id_fkey FOREIGN KEY (first_staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_line_id_fkey FOREIGN KEY (line_id) REFERENCES public.lines(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.phones(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES public.profiles(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES public.queues(id);

ALTER TABLE ONLY public.facility_numbers
    ADD CONSTRAINT facility_numbers_facility_id_fkey FOREIGN KEY (facility_id) REFERENCES public.facilities(id);

ALTER TABLE ONLY public.facility_pins
    ADD CONSTRAINT facility_pins_facility_id_fkey FOREIGN KEY (facility_id) REFERENCES public.facilities(id);

ALTER TABLE ONLY public.journal_losses
    ADD CONSTRAINT journal_losses_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES public.journals(id);

ALTER TABLE ONLY public.journal_rejects
    ADD CONSTRAINT journal_rejects_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES public.journals(id);

ALTER TABLE ONLY public.lines
    ADD CONSTRAINT lines_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES public.queues(id);

ALTER TABLE ONLY public.mediation_answers
    ADD CONSTRAINT mediation_answers_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.mediation_answers
    ADD CONSTRAINT mediation_answers_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.mediation_parties(id);

ALTER TABLE ONLY public.mediation_answers
    ADD CONSTRAINT mediation_answers_term_id_fkey FOREIGN KEY (term_id) REFERENCES public.mediation_terms(id);

ALTER TABLE ONLY public.mediation_attendances
    ADD CONSTRAINT mediation_attendances_party_id_fkey FOREIGN KEY (party_id) REFERENCES public.mediation_parties(id);

ALTER TABLE ONLY public.mediation_parties
    ADD CONSTRAINT mediation_parties_mediation_id_fkey FOREIGN KEY (mediation_id) REFERENCES public.mediations(id);

ALTER TABLE ONLY public.mediation_terms
    ADD CONSTRAINT mediation_terms_mediation_id_fkey FOREIGN KEY (mediation_id) REFERENCES public.mediations(id);

ALTER TABLE ONLY public.mediations
    ADD CONSTRAINT mediations_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.person_phones
    ADD CONSTRAINT person_phones_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.person_phones
    ADD CONSTRAINT person_phones_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.phones(id);

ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.point_districts
    ADD CONSTRAINT point_districts_point_id_fkey FOREIGN KEY (point_id) REFERENCES public.service_points(id);

ALTER TABLE ONLY public.profile_flags
    ADD CONSTRAINT profile_flags_line_id_fkey FOREIGN KEY (line_id) REFERENCES public.lines(id);

ALTER TABLE ONLY public.profile_flags
    ADD CONSTRAINT profile_flags_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES public.profiles(id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.phones(id);

ALTER TABLE ONLY public.qualifications
    ADD CONSTRAINT qualifications_kind_fkey FOREIGN KEY (kind) REFERENCES public.qualification_kinds(code);

ALTER TABLE ONLY public.qualifications
    ADD CONSTRAINT qualifications_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.query_codes
    ADD CONSTRAINT query_codes_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES public.appointments(id);

ALTER TABLE ONLY public.query_codes
    ADD CONSTRAINT query_codes_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_agency_fkey FOREIGN KEY (agency) REFERENCES public.agencies(code);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.referrals
    ADD CONSTRAINT referrals_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_facility_id_fkey FOREIGN KEY (facility_id) REFERENCES public.facilities(id);

ALTER TABLE ONLY public.revisit_calls
    ADD CONSTRAINT revisit_calls_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.revisit_calls
    ADD CONSTRAINT revisit_calls_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT shifts_backup_staff_id_fkey FOREIGN KEY (backup_staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT shifts_facility_id_fkey FOREIGN KEY (facility_id) REFERENCES public.facilities(id);

ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT shifts_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.staff_states
    ADD CONSTRAINT staff_states_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.surveys
    ADD CONSTRAINT surveys_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.voicemails
    ADD CONSTRAINT voicemails_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);

ALTER TABLE ONLY public.voicemails
    ADD CONSTRAINT voicemails_handled_by_fkey FOREIGN KEY (handled_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.voicemails
    ADD CONSTRAINT voicemails_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES public.queues(id);

ALTER TABLE ONLY public.voicemails
    ADD CONSTRAINT voicemails_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES public.recordings(id);
