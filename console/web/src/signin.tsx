import { useComputed, useSignal } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { Problem, signIn } from "./api";
import { farewell, now } from "./live";
import { enter } from "./session";
import { known, lang, switchLanguage, t } from "./words";

/** SignIn asks for login and password. */
export function SignIn() {
  const busy = useSignal(false);
  const held = useSignal(0); // until when, in ms, after too many tries
  const why = useComputed(() => known("why", farewell.value, ""));
  const wait = Math.max(0, Math.ceil((held.value - now.value) / 1000));
  const fault = useSignal<Problem | undefined>(undefined);
  const submit = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    busy.value = true;
    fault.value = undefined;
    try {
      enter(await signIn(String(form.get("login")).trim(), String(form.get("password")), form.get("wall") === "on"));
    } catch (e) {
      fault.value = e instanceof Problem ? e : new Problem("internal");
      held.value = now.value + 1000 * fault.value.seconds;
    } finally {
      busy.value = false;
    }
  };
  return (
    <main class="signin">
      <form onSubmit={submit}>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{t("title")}</h1>
        {why.value && (
          <p role="status" class="why">
            {why.value}
          </p>
        )}
        <label>
          {t("login")}
          <input name="login" autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={64} required />
        </label>
        <label>
          {t("password")}
          <input name="password" type="password" autocomplete="current-password" maxLength={256} required />
        </label>
        <label class="tick">
          <input name="wall" type="checkbox" />
          {t("wall")}
        </label>
        <p role="alert" class="fault">
          {fault.value && (fault.value.seconds === 0 || wait > 0) && says(fault.value, wait)}
        </p>
        <button class="main" disabled={busy.value || wait > 0}>
          {t(busy.value ? "signingIn" : "signIn")}
        </button>
        <button type="button" class="plain" lang={lang.value === "en" ? "zh-CN" : "en"} onClick={switchLanguage}>
          {t("language")}
        </button>
      </form>
    </main>
  );
}

/** says gives the words for a problem, and how long it still lasts where that is known. */
export function says(p: Problem, seconds = p.seconds): string {
  return known("problem", p.code, p.code).replace("{seconds}", String(seconds));
}
