import { useSignal } from "@preact/signals";
import { CallerDialog } from "./deeds";
import type { CallerRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { span, t } from "./words";

/** Callers lists who waits, for those who may move them. Nobody's number is known here. */
export function Callers() {
  const acting = useSignal<string | undefined>(undefined);
  const all = Object.entries(floor.value.callers).sort(
    ([, a], [, b]) => a.queue.localeCompare(b.queue) || a.position - b.position || a.since.localeCompare(b.since),
  );
  return (
    <section aria-labelledby="callers">
      <h2 id="callers">{t("callers")}</h2>
      {all.length === 0 && <p class="small">{t("noCallers")}</p>}
      <ul class="rows">
        {all.map(([ticket, row]) => (
          <Caller key={ticket} row={row} act={() => (acting.value = ticket)} />
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
  return (
    <li>
      <span>{place(row)}</span>
      <time>{span(now.value - Date.parse(row.since))}</time>
      <span class="badges">
        {row.danger && <span class="badge alarm">{t("danger")}</span>}
        {row.protected && <span class="badge strong">{t("protectedCaller")}</span>}
        {row.lost && <span class="badge">{t("lost")}</span>}
      </span>
      <button class="plain" aria-label={t("actionsFor", { what: place(row) })} onClick={act}>
        {t("actions")}
      </button>
    </li>
  );
}
