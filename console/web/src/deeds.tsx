import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Problem, listen, move, prioritise, signAgentOut, stopListening } from "./api";
import { place } from "./callers";
import { floor } from "./live";
import { called } from "./queues";
import { may, me } from "./session";
import { says } from "./signin";
import { known, t } from "./words";

/** AgentDeed is about one counselor. */
export interface AgentDeed {
  key: string;
}

type Do = (deed: () => Promise<void>) => void;

/** Dialog is a modal with a heading, which says how a deed went. */
function Dialog({ heading, close, children }: { heading: string; close: () => void; children: (act: Do) => ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  const said = useSignal("");
  useEffect(() => box.current?.showModal(), []);
  const act: Do = async (deed) => {
    try {
      await deed();
      said.value = t("done");
    } catch (e) {
      said.value = says(e instanceof Problem ? e : new Problem("internal"));
    }
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby="deed">
      <h2 id="deed">{heading}</h2>
      {children(act)}
      <p role="status">{said.value}</p>
      <button class="main" onClick={() => box.current?.close()}>
        {t("close")}
      </button>
    </dialog>
  );
}

const modes = ["monitor", "whisper", "barge"] as const;

/** AgentDialog offers what a supervisor may do about a counselor and the call. */
export function AgentDialog({ deed, close }: { deed: AgentDeed; close: () => void }) {
  const row = floor.value.agents[deed.key];
  const contact = row?.state === "busy" ? row.contact : undefined;
  const mine = Object.values(floor.value.listening).find((l) => l.contact === contact && l.agent === me.value?.agent);
  const extension = row?.extension;
  return (
    <Dialog heading={row?.name || (extension ?? "")} close={close}>
      {(act) => (
        <div class="deeds">
          {may("listen") && contact &&
            modes.map((mode) => (
              <button key={mode} aria-pressed={mine?.mode === mode} onClick={() => act(() => listen(contact, mode))}>
                {t(mode)}
              </button>
            ))}
          {contact && mine && <button onClick={() => act(() => stopListening(contact))}>{t("stop")}</button>}
          {may("steer") && extension && <button onClick={() => act(() => signAgentOut(extension))}>{t("signAgentOut")}</button>}
        </div>
      )}
    </Dialog>
  );
}

/** A point of priority is ten seconds. */
const pointsOf = (minutes: number) => minutes * 6;

/** CallerDialog offers what a supervisor may do about a caller in line. */
export function CallerDialog({ ticket, close }: { ticket: string; close: () => void }) {
  const row = floor.value.callers[ticket];
  const to = useSignal("");
  const queues = Object.entries(floor.value.queues).sort(([, a], [, b]) => a.order - b.order);
  return (
    <Dialog heading={row ? place(row) : known("problem", "caller_gone")} close={close}>
      {(act) => (
        <div class="deeds">
          <button onClick={() => act(() => prioritise(ticket, pointsOf(5)))}>{t("ahead", { minutes: 5 })}</button>
          <button onClick={() => act(() => prioritise(ticket, -pointsOf(5)))}>{t("back", { minutes: 5 })}</button>
          <label>
            {t("moveTo")}
            <select value={to.value} onChange={(e) => (to.value = e.currentTarget.value)}>
              <option value="" />
              {queues
                .filter(([code]) => code !== row?.queue)
                .map(([code]) => (
                  <option key={code} value={code}>
                    {called(code)}
                  </option>
                ))}
            </select>
          </label>
          <button disabled={to.value === ""} onClick={() => act(() => move(ticket, to.value))}>
            {t("move")}
          </button>
        </div>
      )}
    </Dialog>
  );
}
