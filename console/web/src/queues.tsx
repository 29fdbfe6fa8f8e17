import { type Mood, Mark, grade, patience } from "./figures";
import type { QueueRow } from "./floor";
import { floor, now } from "./live";
import { known, lang, percent, span, t } from "./words";

/** called is what a queue is called: as the server says in Chinese, in our words where we have some. */
export function called(code: string): string {
  const name = floor.value.queues[code]?.name ?? code;
  return lang.value === "zh-CN" ? name : known("queue", code, name);
}

/** Queues shows each queue on a line, those for minors first: always in the same order, so that eyes find it. */
export function Queues() {
  const all = Object.entries(floor.value.queues).sort(
    ([, a], [, b]) => Number(b.minors ?? false) - Number(a.minors ?? false) || a.order - b.order,
  );
  const heads = [
    ["waiting", ""],
    ["longest", "marked"],
    ["now", "marked"],
    ["today", "marked"],
    ["readyOfStaff", "marked"],
    ["callbacks", "marked"],
    ["gaveUp", ""],
  ] as const;
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">{t("queues")}</h2>
      <div class="sheet" role="table" aria-labelledby="queues">
        <div class="heads" role="row">
          <span role="columnheader">{t("queue")}</span>
          {heads.map(([h, marked]) => (
            <span key={h} role="columnheader" class={marked}>
              {t(h)}
            </span>
          ))}
        </div>
        {all.map(([code, row]) => (
          <Queue key={code} code={code} row={row} />
        ))}
      </div>
    </section>
  );
}

interface CellProps {
  label: string;
  value: string | number;
  mood?: Mood; // of a cell that may have one
  word?: string;
  faint?: boolean; // nothing to look at
  big?: boolean;
}

function Cell({ label, value, mood, word, faint, big }: CellProps) {
  return (
    <span role="cell" class={`cell ${mood ?? ""} ${faint ? "faint" : ""} ${big ? "big" : ""}`}>
      <span class="label" aria-hidden="true">
        {label}
      </span>
      <span class="is">
        {value}
        {mood && <Mark mood={mood} {...(word === undefined ? {} : { word })} />}
      </span>
    </span>
  );
}

function Queue({ code, row }: { code: string; row: QueueRow }) {
  const waited = row.longest ? now.value - Date.parse(row.longest) : 0;
  const due = row.callbacks.due;
  return (
    <div role="row" class={`queue ${row.minors ? "minors" : ""} ${row.open ? "" : "closed"}`}>
      <span role="rowheader" class="name">
        {called(code)}
        {row.minors && called(code) !== t("minors") && <span class="badge">{t("minors")}</span>}
        {!!row.protected && !row.minors && <span class="badge strong">{t("protected", { count: row.protected })}</span>}
      </span>
      <Cell label={t("waiting")} value={row.waiting} faint={row.waiting === 0} big />
      <Cell
        label={t("longest")}
        value={row.longest ? span(waited) : "–"}
        faint={!row.longest}
        mood={row.longest ? patience(code, waited) : "calm"}
        word={t("beyondPromise")}
      />
      <Cell label={t("now")} value={percent(row.now.level)} mood={grade(row.now.level, row.promise?.target)} faint={row.now.level === null} />
      <Cell
        label={t("today")}
        value={percent(row.today.level)}
        mood={grade(row.today.level, row.promise?.target)}
        faint={row.today.level === null}
      />
      {row.open ? (
        <Cell label={t("readyOfStaff")} value={`${row.ready} / ${row.staff}`} mood="calm" />
      ) : (
        <Cell label={t("readyOfStaff")} value={t("closed")} faint={row.waiting === 0} mood={row.waiting > 0 ? "missed" : "calm"} word="" />
      )}
      <Cell label={t("callbacks")} value={due} faint={due === 0} mood={due > 0 ? "near" : "calm"} word={t("overdue")} />
      <Cell label={t("gaveUp")} value={row.today.abandoned} faint={row.today.abandoned === 0} />
    </div>
  );
}
