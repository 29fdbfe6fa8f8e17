import { useSignal } from "@preact/signals";
import type { AlarmRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { may } from "./session";
import { AgentDialog } from "./talk";
import { known, span, t } from "./words";

/** What cannot wait comes first: somebody in danger, then what the house stands on. */
const grave = ["danger", "unfit", "database-away", "disk-refuses", "disk-full", "long-wait", "unstaffed"];
const weight = (kind: string) => (grave.includes(kind) ? grave.indexOf(kind) : grave.length);

/** Alarms are what somebody has to look at; they are read out when they come. A wall has room for the gravest. */
export function Alarms({ most }: { most: number }) {
  const acting = useSignal<string | undefined>(undefined);
  const all = Object.entries(floor.value.alarms).sort(
    ([, a], [, b]) => weight(a.kind) - weight(b.kind) || a.since.localeCompare(b.since),
  );
  const shown = all.length > most ? all.slice(0, most - 1) : all;
  return (
    <section class="strip" aria-label={t("alarms")}>
      <ul class="alarms" aria-live="polite" aria-relevant="additions">
        {shown.map(([key, row]) => (
          <Alarm key={key} row={row} act={may("listen") && row.agent ? () => (acting.value = row.agent) : undefined} />
        ))}
        {shown.length < all.length && (
          <li key="more" class="alarm more">
            <strong>{t("moreAlarms", { count: all.length - shown.length })}</strong>
          </li>
        )}
        {all.length === 0 && (
          <li key="none" class="alarm calm">
            <span class="sign" aria-hidden="true">
              ✓
            </span>
            <strong>{t("noAlarms")}</strong>
          </li>
        )}
      </ul>
      {acting.value !== undefined && <AgentDialog agent={acting.value} close={() => (acting.value = undefined)} />}
    </section>
  );
}

function Alarm({ row, act }: { row: AlarmRow; act: (() => void) | undefined }) {
  const about = row.queue ? called(row.queue) : (row.name || row.extension) ?? "";
  return (
    <li class={`alarm ${grave.includes(row.kind) ? "grave" : "slight"} ${row.kind}`}>
      <span class="sign" aria-hidden="true">
        {grave.includes(row.kind) ? "■" : "▲"}
      </span>
      <strong>{known("alarm", row.kind)}</strong>
      <span class="about">
        {about} <time aria-hidden="true">{span(now.value - Date.parse(row.since))}</time>
      </span>
      {act && (
        <button class="plain" aria-haspopup="dialog" onClick={act}>
          {t("open")}
          <span class="spoken">
            {known("alarm", row.kind)} {about}
          </span>
        </button>
      )}
    </li>
  );
}
