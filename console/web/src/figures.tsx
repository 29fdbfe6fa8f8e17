import type { ComponentChildren } from "preact";
import { floor, now } from "./live";
import { percent, span, t } from "./words";

interface FigureProps {
  label: string;
  value: string | number;
  mood?: string; // calm, near, missed
  children?: ComponentChildren;
}

function Figure({ label, value, mood = "calm", children }: FigureProps) {
  return (
    <div class={`figure ${mood}`}>
      <dt>{label}</dt>
      <dd class="value">{value}</dd>
      <dd class="note">{children}</dd>
    </div>
  );
}

/** grade compares a service level with what was promised. */
export function grade(level: number | null, target: number | undefined): "calm" | "met" | "near" | "missed" {
  if (level === null || target === undefined) return "calm";
  if (level >= target) return "met";
  return level >= target - 0.1 ? "near" : "missed";
}

/** Figures are those of the whole centre. */
export function Figures() {
  const all = floor.value.floor.all;
  const queues = Object.values(floor.value.queues);
  const waiting = queues.reduce((sum, q) => sum + q.waiting, 0);
  const since = queues.flatMap((q) => (q.longest ? [Date.parse(q.longest)] : []));
  const longest = since.length > 0 ? now.value - Math.min(...since) : undefined;
  const pending = queues.reduce((sum, q) => sum + q.callbacks.pending, 0);
  const due = queues.reduce((sum, q) => sum + q.callbacks.due, 0);
  const target = Math.max(0, ...queues.map((q) => q.promise?.target ?? 0)) || undefined;
  const within = t("within", { seconds: 15 });
  if (!all) return null;
  return (
    <dl class="figures">
      <Figure label={t("waiting")} value={waiting}>
        {t("longest")} {longest === undefined ? "–" : span(longest)}
      </Figure>
      <Figure label={t("levelNow")} value={percent(all.now.level)} mood={grade(all.now.level, target)}>
        {t("lastHalfHour", { within })}
      </Figure>
      <Figure label={t("levelToday")} value={percent(all.today.level)} mood={grade(all.today.level, target)}>
        {t("reachedToday", { answered: all.today.answered, offered: all.today.offered })}
      </Figure>
      <Figure label={t("talking")} value={all.talking}>
        {t("callsAll", { calls: all.calls, menu: all.menu })}
      </Figure>
      <Figure label={t("callbacks")} value={due} mood={due > 0 ? "near" : "calm"}>
        {t("callbacksAll", { pending })}
      </Figure>
      <Figure label={t("messages")} value={all.messages_due ?? "–"} mood={all.messages_due ? "near" : "calm"}>
        {t("messagesAll", { open: all.messages_open ?? "–" })}
      </Figure>
    </dl>
  );
}
