import { signal } from "@preact/signals";
import { Agents } from "./agents";
import { Alarms } from "./alarms";
import { Callers } from "./callers";
import { Figures } from "./figures";
import { link, now, told } from "./live";
import { Queues } from "./queues";
import { leave, may, me } from "./session";
import { clock, clockSeconds, lang, switchLanguage, t } from "./words";

const chosen = signal(false);
const onWall = () => chosen.value || (me.value?.wall ?? false);

/** Board is the whole floor on one page: for a desk, a phone, or large for a wall. */
export function Board() {
  return (
    <div class={`board ${onWall() ? "wall" : ""} ${link.value === "live" ? "" : "stale"}`}>
      <Bar />
      <main>
        <Alarms />
        <Figures />
        <Queues />
        {may("steer") && <Callers />}
        <Agents />
      </main>
    </div>
  );
}

function Bar() {
  const who = me.value?.name;
  return (
    <header>
      <img src="/icon.svg" alt="" width="32" height="32" />
      <h1>
        {t("title")} <span>{t("board")}</span>
      </h1>
      <p role="status" class={`link ${link.value}`}>
        {t(`link.${link.value}`, { time: clockSeconds(told.value) })}
      </p>
      <time class="clock">{clock(now.value)}</time>
      <nav>
        {who && <span class="who">{who}</span>}
        {!me.value?.wall && (
          <button class="plain" aria-pressed={chosen.value} onClick={() => (chosen.value = !chosen.value)}>
            {t(chosen.value ? "wallOff" : "wallOn")}
          </button>
        )}
        <button class="plain" lang={lang.value === "en" ? "zh-CN" : "en"} onClick={switchLanguage}>
          {t("language")}
        </button>
        <button class="plain" onClick={() => void leave()}>
          {t("signOut")}
        </button>
      </nav>
    </header>
  );
}
