import { grade } from "./figures";
import type { Figures as Rates, QueueRow } from "./floor";
import { floor, now } from "./live";
import { known, lang, percent, span, t } from "./words";

/** called is what a queue is called: as the server says in Chinese, in our words where we have some. */
export function called(code: string): string {
  const name = floor.value.queues[code]?.name ?? code;
  return lang.value === "zh-CN" ? name : known("queue", code, name);
}

/** Queues shows each queue on a card, those for minors first. */
export function Queues() {
  const all = Object.entries(floor.value.queues).sort(
    ([, a], [, b]) => Number(b.minors ?? false) - Number(a.minors ?? false) || a.order - b.order,
  );
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">{t("queues")}</h2>
      <ul class="cards queues">
        {all.map(([code, row]) => (
          <Queue key={code} code={code} row={row} />
        ))}
      </ul>
    </section>
  );
}

const marks = { calm: "", met: "●", near: "▲", missed: "▼" };

function Level({ label, rates, target }: { label: string; rates: Rates; target: number | undefined }) {
  const mood = grade(rates.level, target);
  return (
    <div class={`level ${mood}`}>
      <dt>{label}</dt>
      <dd>
        {percent(rates.level)}
        {mood !== "calm" && (
          <>
            <span class="mark" aria-hidden="true">
              {marks[mood]}
            </span>
            <span class="spoken">{t(mood)}</span>
          </>
        )}
      </dd>
    </div>
  );
}

function Queue({ code, row }: { code: string; row: QueueRow }) {
  const promise = row.promise;
  return (
    <li class={`card queue ${row.minors ? "minors" : ""} ${row.open ? "" : "closed"}`}>
      <h3>
        {called(code)}
        {row.minors && called(code) !== t("minors") && <span class="badge">{t("minors")}</span>}
        {!!row.protected && <span class="badge strong">{t("protected", { count: row.protected })}</span>}
      </h3>
      <p class="big">
        <span class="value">{row.waiting}</span> {t("waiting")}
        {row.longest && <span class="longest">{span(now.value - Date.parse(row.longest))}</span>}
      </p>
      <dl>
        <Level label={t("now")} rates={row.now} target={promise?.target} />
        <Level label={t("today")} rates={row.today} target={promise?.target} />
      </dl>
      <p class="small">
        {promise && `${t("within", { seconds: promise.within })} · ${t("target", { target: percent(promise.target) })}`}
      </p>
      <p class="small">
        {row.open ? t("ready", { ready: row.ready, staff: row.staff }) : <strong class="closed">{t("closed")}</strong>}
        {" · "}
        {t("abandonedToday", { abandoned: row.today.abandoned })}
        {row.callbacks.due > 0 && ` · ${t("callbacks")} ${row.callbacks.due}`}
      </p>
    </li>
  );
}
