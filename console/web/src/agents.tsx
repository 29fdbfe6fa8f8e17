import { type AgentDeed, AgentDialog } from "./deeds";
import type { AgentRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { may, me } from "./session";
import { known, span, t } from "./words";
import { useSignal } from "@preact/signals";

const order = ["busy", "reserved", "wrap-up", "ready", "break", "offline"];
const signs: Record<string, string> = { ready: "○", reserved: "◔", busy: "●", "wrap-up": "✎", break: "‖", offline: "–" };

/** Agents shows the counselors by state, with their time in it. */
export function Agents() {
  const acting = useSignal<AgentDeed | undefined>(undefined);
  const all = Object.entries(floor.value.agents).sort(
    ([k, a], [l, b]) => order.indexOf(a.state) - order.indexOf(b.state) || a.since.localeCompare(b.since) || k.localeCompare(l),
  );
  const count = (state: string) => all.filter(([, a]) => a.state === state).length;
  return (
    <section aria-labelledby="agents">
      <h2 id="agents">
        {t("agents")}
        <span class="tally">
          {order.map((s) => {
            const n = count(s);
            return n > 0 ? (
              <span key={s} class={`state ${s}`}>
                <span aria-hidden="true">{signs[s]}</span> {known("state", s)} {n}
              </span>
            ) : null;
          })}
        </span>
      </h2>
      {all.length === 0 && <p class="small">{t("nobody")}</p>}
      <ul class="cards agents">
        {all.map(([key, row]) => (
          <Agent key={key} id={key} row={row} act={() => (acting.value = { key })} />
        ))}
      </ul>
      {acting.value && <AgentDialog deed={acting.value} close={() => (acting.value = undefined)} />}
    </section>
  );
}

function Agent({ id, row, act }: { id: string; row: AgentRow; act: () => void }) {
  const heard = Object.values(floor.value.listening).find((l) => row.contact && l.contact === row.contact);
  const can = may("steer") || (may("listen") && row.state === "busy");
  const notes = [
    row.queue && called(row.queue),
    row.reason && known("reason", row.reason),
    row.device !== "idle" && row.state !== "busy" && row.state !== "reserved" && known("device", row.device),
    row.site !== "seat" && known("site", row.site),
    heard && known("listening", heard.mode),
  ].filter(Boolean);
  return (
    <li class={`card agent ${row.state}`}>
      <p class="who">
        {row.name || (row.extension ?? "")}
        {row.name && row.extension && <span class="extension">{row.extension}</span>}
        {id === me.value?.agent && <span class="badge">{t("me")}</span>}
      </p>
      <p class={`state ${row.state}`}>
        <span aria-hidden="true">{signs[row.state]}</span> {known("state", row.state)}
        <time class="since">{span(now.value - Date.parse(row.since))}</time>
      </p>
      <p class="small">{notes.join(" · ") || "\u00a0"}</p>
      <p class="small foot">
        {t("callsToday", { calls: row.calls, talk: span(row.talk * 1000) })}
        {can && (
          <button class="plain" aria-label={t("actionsFor", { what: row.name || (row.extension ?? "") })} onClick={act}>
            {t("actions")}
          </button>
        )}
      </p>
    </li>
  );
}
