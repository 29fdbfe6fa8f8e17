import { useSignal } from "@preact/signals";
import { move, prioritise, reclassifyCaller } from "./api";
import { place } from "./callers";
import { Dialog } from "./dialog";
import { floor, now } from "./live";
import { called } from "./queues";
import { Class } from "./talk";
import { known, span, t } from "./words";

/** A point of priority is ten seconds. */
const pointsOf = (minutes: number) => minutes * 6;

/** CallerDialog offers what a supervisor may do about a caller in line. */
export function CallerDialog({ ticket, close }: { ticket: string; close: () => void }) {
  const row = floor.value.callers[ticket];
  const to = useSignal("");
  const queues = Object.entries(floor.value.queues)
    .filter(([code]) => code !== row?.queue)
    .sort(([, a], [, b]) => a.order - b.order);
  return (
    <Dialog heading={row ? place(row) : known("problem", "caller_gone")} close={close}>
      {(act, busy) => (
        <>
          {row && (
            <p class="facts">
              {t("waitsFor")} {span(now.value - Date.parse(row.since))}
            </p>
          )}
          <fieldset>
            <legend>{t("priority")}</legend>
            <div class="row">
              <button disabled={busy} onClick={() => act(() => prioritise(ticket, pointsOf(5)))}>
                {t("ahead", { minutes: 5 })}
              </button>
              <button disabled={busy} onClick={() => act(() => prioritise(ticket, -pointsOf(5)))}>
                {t("back", { minutes: 5 })}
              </button>
            </div>
          </fieldset>
          <fieldset>
            <legend>{t("moveTo")}</legend>
            <div class="row">
              <label>
                <span>{t("queue")}</span>
                <select name="queue" value={to.value} onChange={(e) => (to.value = e.currentTarget.value)}>
                  <option value="">{t("choose")}</option>
                  {queues.map(([code]) => (
                    <option key={code} value={code}>
                      {called(code)}
                    </option>
                  ))}
                </select>
              </label>
              <button disabled={busy || to.value === ""} onClick={() => act(() => move(ticket, to.value), t("moved", { queue: called(to.value) }))}>
                {t("move")}
              </button>
            </div>
          </fieldset>
          <Class act={act} busy={busy} learn={(as) => reclassifyCaller(ticket, as)} />
        </>
      )}
    </Dialog>
  );
}
