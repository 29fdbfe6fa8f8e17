import { useSignal } from "@preact/signals";
import type { AgentRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { may, me } from "./session";
import { AgentDialog } from "./talk";
import { known, span, t } from "./words";

const order = ["busy", "reserved", "wrap-up", "ready", "break", "offline"];
export const signs: Record<string, string> = { ready: "○", reserved: "◔", busy: "●", "wrap-up": "✎", break: "‖", offline: "–" };

/** Agents shows the counselors by state, those longest in it first. */
export function Agents() {
  const acting = useSignal<string | undefined>(undefined);
  const all = Object.entries(floor.value.agents).sort(([k, a], [l, b]) => a.since.localeCompare(b.since) || k.localeCompare(l));
  const groups = order.map((state) => ({ state, rows: all.filter(([, a]) => a.state === state) })).filter((g) => g.rows.length > 0);
  return (
    <section aria-labelledby="agents" class="people">
      <h2 id="agents">
        {t("agents")} <span class="count">{all.length}</span>
      </h2>
      {all.length === 0 && <p class="small">{t("nobody")}</p>}
      {groups.map(({ state, rows }) => (
        <div key={state} class={`group ${state}`}>
          <h3 class={`state ${state}`}>
            <span class="sign" aria-hidden="true">
              {signs[state]}
            </span>
            <span class="word">{known("state", state)}</span> <span class="count">{rows.length}</span>
          </h3>
          <ul class="cells">
            {rows.map(([key, row]) => (
              <li key={key}>
                <Agent id={key} row={row} act={() => (acting.value = key)} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {acting.value !== undefined && <AgentDialog agent={acting.value} close={() => (acting.value = undefined)} />}
    </section>
  );
}

/** notesOf is what else there is to know of a counselor, in short. */
function notesOf(row: AgentRow): string {
  const heard = Object.values(floor.value.listening).find((l) => row.contact && l.contact === row.contact);
  return [
    row.name && row.queue && called(row.queue),
    row.reason && known("reason", row.reason),
    row.device !== "idle" && row.state !== "busy" && row.state !== "reserved" && known("device", row.device),
    row.site !== "seat" && known("site", row.site),
    heard && known("listening", heard.mode),
  ]
    .filter(Boolean)
    .join(" · ");
}

function Agent({ id, row, act }: { id: string; row: AgentRow; act: () => void }) {
  const mine = id === me.value?.agent;
  const notes = notesOf(row);
  const who = row.name || row.extension || (row.queue ? called(row.queue) : notes);
  const inside = (
    <>
      <span class="who">
        {who}
        {mine && <span class="badge">{t("me")}</span>}
      </span>
      <time class="since">{span(now.value - Date.parse(row.since))}</time>
      {row.name && <span class="notes">{notes}</span>}
    </>
  );
  const can = may("steer") || (may("listen") && row.state === "busy");
  if (!can) return <div class={`agent ${row.state}`}>{inside}</div>;
  return (
    <button class={`agent ${row.state}`} aria-haspopup="dialog" onClick={act}>
      {inside}
      <span class="spoken">{t("actions")}</span>
    </button>
  );
}
