import { useSignal } from "@preact/signals";
import { CallerDialog } from "./caller";
import { Mark, patience } from "./figures";
import type { CallerRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { span, t } from "./words";

/** Callers lists who waits, for those who may move them. Nobody's number is known here. */
export function Callers() {
  const acting = useSignal<string | undefined>(undefined);
  const rank = (row: CallerRow) => floor.value.queues[row.queue]?.order ?? 0;
  const all = Object.entries(floor.value.callers).sort(
    ([, a], [, b]) => rank(a) - rank(b) || a.position - b.position || a.since.localeCompare(b.since),
  );
  return (
    <section aria-labelledby="callers">
      <h2 id="callers">
        {t("callers")} <span class="count">{all.length}</span>
      </h2>
      {all.length === 0 && <p class="small">{t("noCallers")}</p>}
      <ul class="cells">
        {all.map(([ticket, row]) => (
          <li key={ticket}>
            <Caller row={row} act={() => (acting.value = ticket)} />
          </li>
        ))}
      </ul>
      {acting.value !== undefined && <CallerDialog ticket={acting.value} close={() => (acting.value = undefined)} />}
    </section>
  );
}

/** place says where a caller stands. */
export function place(row: CallerRow): string {
  return `${called(row.queue)}, ${row.position > 0 ? t("place", { position: row.position }) : t("ringing")}`;
}

function Caller({ row, act }: { row: CallerRow; act: () => void }) {
  const waited = now.value - Date.parse(row.since);
  const mood = patience(row.queue, waited);
  const notes = [row.position > 0 ? t("place", { position: row.position }) : t("ringing"), row.danger && t("danger"), row.protected && t("protectedCaller"), row.lost && t("lost")].filter(Boolean);
  return (
    <button class={`agent caller ${row.danger ? "danger" : ""}`} aria-haspopup="dialog" onClick={act}>
      <span class="who">{called(row.queue)}</span>
      <time class={`since ${mood === "missed" ? "near" : mood}`}>
        {span(waited)}
        <Mark mood={mood === "missed" ? "near" : mood} word={t("beyondPromise")} />
      </time>
      <span class="notes">
        {row.danger && <span aria-hidden="true">■ </span>}
        {notes.join(" · ")}
      </span>
      <span class="spoken">{t("actions")}</span>
    </button>
  );
}
