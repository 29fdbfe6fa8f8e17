import type { AlarmRow } from "./floor";
import { floor, now } from "./live";
import { called } from "./queues";
import { known, span, t } from "./words";

/** Alarms are what somebody has to look at, oldest first; they are read out when they come. */
export function Alarms() {
  const all = Object.entries(floor.value.alarms).sort(([, a], [, b]) => a.since.localeCompare(b.since));
  return (
    <ul class={`alarms ${all.length > 0 ? "" : "none"}`} aria-label={t("alarms")} aria-live="polite">
      {all.map(([key, row]) => (
        <li key={key}>
          <span aria-hidden="true">⚠</span> {known("alarm", row.kind)}
          {about(row) && <strong>{about(row)}</strong>}
          <time aria-hidden="true">{span(now.value - Date.parse(row.since))}</time>
        </li>
      ))}
    </ul>
  );
}

function about(row: AlarmRow): string {
  return row.queue ? called(row.queue) : (row.name || row.extension) ?? "";
}
