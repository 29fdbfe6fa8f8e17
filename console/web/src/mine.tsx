import { useSignal } from "@preact/signals";
import { Problem, be, callForHelp, endAbuse, pauseRecording, warnCaller } from "./api";
import { signs } from "./agents";
import type { Mine as Row } from "./floor";
import { mine, now } from "./live";
import { called } from "./queues";
import { Sure } from "./dialog";
import { says } from "./signin";
import { toast } from "./toasts";
import { known, span, t } from "./words";

/** Act does a deed of one's own and says how it went. */
type Act = (deed: () => Promise<void>, done: string) => Promise<void>;

const abuses = ["insults", "harassment", "prank"];
const reasons = ["rest", "meal", "meeting", "training", "paperwork"];

/** Mine is one's own place: state, call, and what to do about them. */
export function Mine() {
  const busy = useSignal(false);
  const row = mine.value;
  const act: Act = async (deed, done) => {
    busy.value = true;
    try {
      await deed();
      toast(done);
    } catch (e) {
      toast(says(e instanceof Problem ? e : new Problem("internal")));
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="mine" aria-labelledby="mine">
      <h2 id="mine">{t("mine")}</h2>
      {row ? (
        <>
          <State row={row} />
          <div class="deeds">
            {row.talking && <Call row={row} act={act} busy={busy.value} />}
            <Presence row={row} act={act} busy={busy.value} />
          </div>
        </>
      ) : (
        <p class="small">{t("notAtWork")}</p>
      )}
    </section>
  );
}

function State({ row }: { row: Row }) {
  return (
    <div class="now">
      <p class={`state ${row.state}`}>
        <span class="sign" aria-hidden="true">
          {signs[row.state]}
        </span>
        <span class="word">{known("state", row.state)}</span> <time>{span(now.value - Date.parse(row.since))}</time>
      </p>
      <p class="small">
        {[row.queue && called(row.queue), row.reason && known("reason", row.reason)].filter(Boolean).join(" · ") || "\u00a0"}
      </p>
      <ul class="watching" aria-live="polite">
        {row.danger && (
          <li key="danger" class="badge strong">
            ■ {t("helpCalled")}
          </li>
        )}
        {row.paused && (
          <li key="paused" class="badge">
            ‖ {t("recordingPaused")}
          </li>
        )}
        {row.listeners?.map((l) => (
          <li key={l.name + l.mode} class="badge">
            {l.name} {known("listening", l.mode)}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface PartProps {
  row: Row;
  act: Act;
  busy: boolean;
}

function Call({ row, act, busy }: PartProps) {
  const abuse = useSignal("insults");
  return (
    <>
      <button class="help" disabled={busy || row.danger} onClick={() => act(callForHelp, t("helpComes"))}>
        {t("callForHelp")}
      </button>
      <button
        aria-pressed={row.paused ?? false}
        disabled={busy}
        onClick={() => act(() => pauseRecording(!row.paused), t(row.paused ? "recordingOn" : "recordingPaused"))}
      >
        {t(row.paused ? "resumeRecording" : "pauseRecording")}
      </button>
      <button disabled={busy || row.danger} onClick={() => act(warnCaller, t("warned"))}>
        {t("warnCaller")}
      </button>
      <label class="why">
        <span class="spoken">{t("abuseReason")}</span>
        <select name="abuse" value={abuse.value} onChange={(e) => (abuse.value = e.currentTarget.value)}>
          {abuses.map((a) => (
            <option key={a} value={a}>
              {known("abuse", a)}
            </option>
          ))}
        </select>
      </label>
      <Sure
        label={t("endAbuse")}
        ask={t("sure", { what: t("endAbuse") })}
        disabled={busy || (row.danger ?? false)}
        act={() => void act(() => endAbuse(abuse.value), t("abuseEnded"))}
      />
    </>
  );
}

function Presence({ row, act, busy }: PartProps) {
  const why = useSignal("rest");
  return (
    <>
      {row.state === "break" && (
        <button class="main" disabled={busy} onClick={() => act(() => be("ready"), t("youAreReady"))}>
          {t("beReady")}
        </button>
      )}
      {row.state === "wrap-up" && (
        <button class="main" disabled={busy} onClick={() => act(() => be("wrapped"), t("wrapEnded"))}>
          {t("endWrap")}
        </button>
      )}
      <label class="why">
        <span class="spoken">{t("breakReason")}</span>
        <select name="reason" value={why.value} onChange={(e) => (why.value = e.currentTarget.value)}>
          {reasons.map((r) => (
            <option key={r} value={r}>
              {known("reason", r)}
            </option>
          ))}
        </select>
      </label>
      <button disabled={busy} onClick={() => act(() => be("break", why.value), t(row.talking ? "breakAfterCall" : "youAreOnBreak"))}>
        {t("takeBreak")}
      </button>
    </>
  );
}
