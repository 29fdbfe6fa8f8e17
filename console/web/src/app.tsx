import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Board } from "./board";
import { floor, now, watch } from "./live";
import { me, recheck, stayAwake } from "./session";
import { SignIn } from "./signin";
import { lang, t } from "./words";

/** App is the sign-in or the board, by who is signed in. */
export function App() {
  useEffect(() => {
    stayAwake();
    void recheck(true);
  }, []);
  useSignalEffect(() => {
    document.documentElement.lang = lang.value;
    const waiting = Object.values(floor.value.queues).reduce((sum, q) => sum + q.waiting, 0);
    document.title = (waiting > 0 ? `(${waiting}) ` : "") + t("title");
  });
  useSignalEffect(() => {
    if (me.value?.signed_in) return watch(recheck);
    return undefined;
  });
  if (!me.value) return <Starting />;
  return me.value.signed_in ? <Board /> : <SignIn />;
}

/** Starting asks again while the server cannot be reached. */
function Starting() {
  const seconds = Math.floor(now.value / 1000);
  const since = useSignal(seconds);
  useEffect(() => {
    if (seconds % 3 === 0) void recheck(true);
  }, [seconds]);
  return (
    <main class="starting">
      <h1>{t("title")}</h1>
      <p role="status">{t(seconds - since.value > 4 ? "link.waiting" : "link.connecting")}</p>
    </main>
  );
}
