import type { ComponentChildren } from "preact";
import { floor, now } from "./live";
import { called } from "./queues";
import { percent, span, t } from "./words";

/** Mood is how a figure stands against what was promised; it has a shape and a word besides its colour. */
export type Mood = "calm" | "met" | "near" | "missed";

const marks: Record<Mood, string> = { calm: "", met: "●", near: "▲", missed: "▼" };

/** Mark is the shape of a mood, and the word for who cannot see it. Without a mood its place stays free. */
export function Mark({ mood, word }: { mood: Mood; word?: string }) {
  return (
    <>
      <span class="mark" aria-hidden="true">
        {marks[mood]}
      </span>
      {mood !== "calm" && <span class="spoken">{word ?? t(mood)}</span>}
    </>
  );
}

interface FigureProps {
  label: string;
  value: string | number;
  mood?: Mood;
  word?: string; // for the mood
  children?: ComponentChildren;
}

function Figure({ label, value, mood = "calm", word, children }: FigureProps) {
  return (
    <div class={`figure ${mood}`}>
      <dt>
        {label}
        <Mark mood={mood} {...(word === undefined ? {} : { word })} />
      </dt>
      <dd class="value">{value}</dd>
      <dd class="note">{children}</dd>
    </div>
  );
}

/** grade compares a service level with what was promised. */
export function grade(level: number | null, target: number | undefined): Mood {
  if (level === null || target === undefined) return "calm";
  if (level >= target) return "met";
  return level >= target - 0.1 ? "near" : "missed";
}

/** patience says how a wait stands: beyond the promise, or so long that the router has raised an alarm. */
export function patience(code: string, waited: number): Mood {
  if (Object.values(floor.value.alarms).some((a) => a.kind === "long-wait" && a.queue === code)) return "missed";
  const within = floor.value.queues[code]?.promise?.within;
  return within !== undefined && waited > within * 1000 ? "near" : "calm";
}

/** Figures are those of the whole centre. */
export function Figures() {
  const all = floor.value.floor.all;
  const queues = Object.entries(floor.value.queues);
  if (!all) return null;
  const sum = (of: (q: (typeof queues)[number][1]) => number) => queues.reduce((n, [, q]) => n + of(q), 0);
  const waits = queues.flatMap(([code, q]) => (q.longest ? [{ code, at: Date.parse(q.longest) }] : []));
  const oldest = waits.sort((a, b) => a.at - b.at)[0];
  const longest = oldest ? now.value - oldest.at : undefined;
  const due = sum((q) => q.callbacks.due);
  const target = Math.max(0, ...queues.map(([, q]) => q.promise?.target ?? 0)) || undefined;
  const late = t("overdue");
  return (
    <dl class="figures">
      <Figure label={t("waiting")} value={sum((q) => q.waiting)}>
        {t("readyAll", { ready: Object.values(floor.value.agents).filter((a) => a.state === "ready").length })}
      </Figure>
      <Figure
        label={t("longest")}
        value={longest === undefined ? "–" : span(longest)}
        mood={oldest ? patience(oldest.code, longest ?? 0) : "calm"}
        word={t("beyondPromise")}
      >
        {oldest ? called(oldest.code) : t("nobodyWaits")}
      </Figure>
      <Figure label={t("levelNow")} value={percent(all.now.level)} mood={grade(all.now.level, target)}>
        {t("lastHalfHour", { within: t("within", { seconds: 15 }) })}
      </Figure>
      <Figure label={t("levelToday")} value={percent(all.today.level)} mood={grade(all.today.level, target)}>
        {t("reachedToday", { answered: all.today.answered, offered: all.today.offered })}
      </Figure>
      <Figure label={t("talking")} value={all.talking}>
        {t("callsAll", { calls: all.calls, menu: all.menu })}
      </Figure>
      <Figure label={t("callbacks")} value={due} mood={due > 0 ? "near" : "calm"} word={late}>
        {t("callbacksAll", { pending: sum((q) => q.callbacks.pending) })}
      </Figure>
      <Figure label={t("messages")} value={all.messages_due ?? "–"} mood={all.messages_due ? "near" : "calm"} word={late}>
        {t("messagesAll", { open: all.messages_open ?? "–" })}
      </Figure>
    </dl>
  );
}
