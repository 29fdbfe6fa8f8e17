import { signal } from "@preact/signals";
import { type Frame, type Mine, apply, empty } from "./floor";

/** floor is the floor as last told. */
export const floor = signal(empty);
/** mine is what the server tells of who is signed in; null while not at work. */
export const mine = signal<Mine | null>(null);
/** farewell is why the last session ended, empty while nobody needs to know. */
export const farewell = signal("");
/** link says whether the floor is live. */
export const link = signal<"connecting" | "live" | "lost">("connecting");
/** told is when the floor was last told, by the server's clock, in ms. */
export const told = signal(0);
/** now is the present by the server's clock, in ms; it moves every second. */
export const now = signal(Date.now());

let ahead = 0; // of the server's clock before ours
setInterval(() => {
  now.value = Date.now() + ahead;
}, 1000);

/** silence is how long a stream may say nothing, its heartbeat is every ten seconds; then it has died unnoticed. */
const silence = 25_000;
const longestPause = 15_000;

/** watch keeps the floor live until the returned function is called; over is told when the session
 * has ended or its rights have changed, or when that may be so. */
export function watch(over: (changed: boolean) => void): () => void {
  let source: EventSource | undefined;
  let timer = 0;
  let pause = 500;
  let ended = false;

  const alive = () => {
    clearTimeout(timer);
    timer = window.setTimeout(again, silence);
  };
  const again = () => {
    source?.close();
    if (ended) return;
    if (told.value > 0) link.value = "lost";
    clearTimeout(timer);
    timer = window.setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, longestPause);
  };
  const open = () => {
    source = new EventSource("/api/floor/events");
    alive();
    source.addEventListener("floor", (event) => {
      take(JSON.parse((event as MessageEvent<string>).data));
      pause = 500;
      alive();
    });
    source.addEventListener("beat", () => {
      link.value = "live";
      alive();
    });
    source.addEventListener("mine", (event) => {
      mine.value = JSON.parse((event as MessageEvent<string>).data);
    });
    source.addEventListener("bye", (event) => {
      farewell.value = JSON.parse((event as MessageEvent<string>).data).why ?? "";
      ended = true;
      source?.close();
      over(true);
    });
    source.onerror = () => {
      if (told.value > 0) link.value = "lost";
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again, and says what it has
      over(false); // the session may have ended; who is asked knows
      again();
    };
  };
  open();
  return () => {
    ended = true;
    source?.close();
    clearTimeout(timer);
  };
}

function take(frame: Frame): void {
  told.value = Date.parse(frame.at);
  ahead = told.value - Date.now();
  now.value = told.value;
  floor.value = apply(floor.value, frame);
  link.value = "live";
}

/** forget drops what is known of the floor: another person may see less of it. */
export function forget(): void {
  floor.value = empty;
  mine.value = null;
  link.value = "connecting";
  told.value = 0;
}
