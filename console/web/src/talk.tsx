import { useSignal } from "@preact/signals";
import { type Do, Dialog, Sure } from "./dialog";
import { dismiss, emergency, invite, listen, mute, reclassifyCall, signAgentOut, standDown, stopListening, takeOver, together } from "./api";
import type { AgentRow, PartyRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { may, me } from "./session";
import { known, span, t } from "./words";

const modes = ["monitor", "whisper", "barge"] as const;

/** AgentDialog offers what a supervisor may do about a counselor and the talk. */
export function AgentDialog({ agent, close }: { agent: string; close: () => void }) {
  const row = floor.value.agents[agent];
  const contact = row?.state === "busy" && agent !== me.value?.agent ? row.contact : undefined;
  const extension = row?.extension;
  const danger = Object.values(floor.value.alarms).find((a) => a.kind === "danger" && a.agent === agent)?.contact;
  return (
    <Dialog heading={row?.name || (extension ?? t("gone"))} close={close}>
      {(act, busy) => (
        <>
          {row && <Facts row={row} />}
          {danger && may("listen") && (
            <fieldset>
              <legend class="fault">{t("alarm.danger")}</legend>
              <Sure label={t("standDown")} ask={t("sure", { what: t("standDown") })} disabled={busy} act={() => act(() => standDown(danger))} />
            </fieldset>
          )}
          {contact && <Talk contact={contact} act={act} busy={busy} />}
          {may("steer") && extension && (
            <fieldset>
              <legend>{t("presence")}</legend>
              <Sure
                label={t("signAgentOut")}
                ask={t("sure", { what: t("signAgentOut") })}
                disabled={busy}
                act={() => act(() => signAgentOut(extension), t("signedAgentOut", { who: row.name || extension }))}
              />
            </fieldset>
          )}
        </>
      )}
    </Dialog>
  );
}

function Facts({ row }: { row: AgentRow }) {
  return (
    <p class="facts">
      <strong class={`state ${row.state}`}>{known("state", row.state)}</strong> {span(now.value - Date.parse(row.since))}
      {row.queue && ` · ${called(row.queue)}`} · {row.extension} · {t("callsToday", { calls: row.calls, talk: span(row.talk * 1000) })}
    </p>
  );
}

interface TalkProps {
  contact: string;
  act: Do;
  busy: boolean;
}

function Talk({ contact, act, busy }: TalkProps) {
  const mine = Object.values(floor.value.listening).find((l) => l.contact === contact && l.agent === me.value?.agent);
  const ringing = t("yourPhoneRings");
  return (
    <>
      {may("listen") && (
        <fieldset>
          <legend>{t("takePart")}</legend>
          <div class="row">
            {modes.map((mode) => (
              <button key={mode} aria-pressed={mine?.mode === mode} disabled={busy} onClick={() => act(() => listen(contact, mode))}>
                {t(mode)}
              </button>
            ))}
            {mine && (
              <button disabled={busy} onClick={() => act(() => stopListening(contact))}>
                {t("stop")}
              </button>
            )}
          </div>
          <p class="small">{mine ? known("heard", mine.mode) : ringing}</p>
          <Sure label={t("takeOver")} ask={t("sure", { what: t("takeOver") })} disabled={busy} act={() => act(() => takeOver(contact), t("takenOver"))} />
        </fieldset>
      )}
      {may("confer") && <Parties contact={contact} act={act} busy={busy} />}
      {may("steer") && <Class act={act} busy={busy} learn={(as) => reclassifyCall(contact, as)} />}
    </>
  );
}

/** Parties are those who are heard in a talk, and who may come. */
function Parties({ contact, act, busy }: TalkProps) {
  const all = Object.values(floor.value.parties)
    .filter((p) => p.contact === contact)
    .sort((a, b) => a.leg - b.leg);
  return (
    <fieldset>
      <legend>{t("parties")}</legend>
      <ul class="parties">
        {all.map((p) => (
          <Party key={p.leg} row={p} act={act} busy={busy} />
        ))}
      </ul>
      {all.some((p) => p.apart) && (
        <button disabled={busy} onClick={() => act(() => together(contact))}>
          {t("together")}
        </button>
      )}
      <Invite contact={contact} act={act} busy={busy} />
      <div class="row">
        <span class="small">{t("emergency")}</span>
        {["110", "120", "119"].map((n) => (
          <Sure key={n} label={n} ask={t("sure", { what: n })} disabled={busy} act={() => act(() => emergency(contact, n))} />
        ))}
      </div>
    </fieldset>
  );
}

function Party({ row, act, busy }: { row: PartyRow; act: Do; busy: boolean }) {
  const who = row.name || known("role", row.agent || row.role === "caller" ? row.role : "outside");
  return (
    <li>
      <span class="who">
        {who}
        {row.muted && <span class="badge">{t("muted")}</span>}
        {row.apart && <span class="badge">{t("apart")}</span>}
      </span>
      <button
        disabled={busy}
        aria-pressed={row.muted ?? false}
        aria-label={t(row.muted ? "unmuteWho" : "muteWho", { who })}
        onClick={() => act(() => mute(row.contact, row.leg, !row.muted))}
      >
        {t(row.muted ? "unmute" : "mute")}
      </button>
      {row.guest && (
        <button disabled={busy} aria-label={t("dismissWho", { who })} onClick={() => act(() => dismiss(row.contact, row.leg))}>
          {t("dismiss")}
        </button>
      )}
    </li>
  );
}

/** Invite asks one of those who are free. */
function Invite({ contact, act, busy }: TalkProps) {
  const chosen = useSignal("");
  const apart = useSignal(false);
  const free = Object.values(floor.value.agents).filter((a) => a.state === "ready" && a.extension);
  const there = free.some((a) => a.extension === chosen.value);
  return (
    <>
      <div class="row">
        <label>
          <span>{t("colleague")}</span>
          <select name="colleague" value={there ? chosen.value : ""} disabled={free.length === 0} onChange={(e) => (chosen.value = e.currentTarget.value)}>
            <option value="">{t(free.length > 0 ? "choose" : "nobodyFree")}</option>
            {free.map((a) => (
              <option key={a.extension} value={a.extension}>
                {a.name} {a.extension}
              </option>
            ))}
          </select>
        </label>
        <button disabled={busy || !there} onClick={() => act(() => invite(contact, chosen.value, apart.value))}>
          {t("invite")}
        </button>
      </div>
      <label class="tick">
        <input type="checkbox" name="apart" checked={apart.value} onChange={(e) => (apart.value = e.currentTarget.checked)} />
        {t("inviteApart")}
      </label>
    </>
  );
}

/** Class says what a caller has turned out to be. */
export function Class({ act, busy, learn }: { act: Do; busy: boolean; learn: (as: string) => Promise<void> }) {
  return (
    <fieldset>
      <legend>{t("class")}</legend>
      <div class="row">
        {(["minor", "danger"] as const).map((as) => (
          <Sure
            key={as}
            label={t(`class.${as}`)}
            ask={t("sure", { what: t(`class.${as}`) })}
            disabled={busy}
            act={() => act(() => learn(as))}
          />
        ))}
      </div>
      <p class="small">{t("classForever")}</p>
    </fieldset>
  );
}
