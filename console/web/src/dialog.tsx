import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Problem } from "./api";
import { says } from "./signin";
import { toast } from "./toasts";
import { t } from "./words";

/** Do does a deed and says how it went; what it says when it went well closes the dialog. */
export type Do = (deed: () => Promise<void>, done?: string) => void;

/** Dialog is a modal with a heading. The browser keeps the focus in it, closes it on Escape, and gives the focus back. */
export function Dialog({ heading, close, children }: { heading: string; close: () => void; children: (act: Do, busy: boolean) => ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  const said = useSignal("");
  const wrong = useSignal(false);
  const busy = useSignal(false);
  const id = useId();
  useEffect(() => box.current?.showModal(), []);
  const act: Do = async (deed, done) => {
    busy.value = true;
    said.value = t("working");
    wrong.value = false;
    try {
      await deed();
      said.value = t("done");
      if (done !== undefined) {
        toast(done);
        box.current?.close();
      }
    } catch (e) {
      wrong.value = true;
      said.value = says(e instanceof Problem ? e : new Problem("internal"));
    } finally {
      busy.value = false;
    }
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby={id}>
      <header>
        <h2 id={id}>{heading}</h2>
        <button class="plain" onClick={() => box.current?.close()}>
          {t("close")}
        </button>
      </header>
      {children(act, busy.value)}
      <p role="status" class={wrong.value ? "fault" : ""}>
        {said.value}
      </p>
    </dialog>
  );
}

/** Sure is a button that asks once more before it does what cannot be taken back. */
export function Sure({ label, ask, disabled, act }: { label: string; ask: string; disabled: boolean; act: () => void }) {
  const asked = useSignal(false);
  useEffect(() => {
    if (!asked.value) return undefined;
    const timer = setTimeout(() => (asked.value = false), 6000);
    return () => clearTimeout(timer);
  }, [asked.value]);
  const press = () => {
    if (asked.value) act();
    asked.value = !asked.value;
  };
  return (
    <button class={`sure ${asked.value ? "asked" : ""}`} disabled={disabled} onClick={press} onBlur={() => (asked.value = false)}>
      {asked.value ? ask : label}
    </button>
  );
}
