import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Agents } from "./agents";
import { Alarms } from "./alarms";
import { Callers } from "./callers";
import { Figures } from "./figures";
import { floor, link, mine, now, told } from "./live";
import { Mine } from "./mine";
import { Queues } from "./queues";
import { leave, may, me } from "./session";
import { Toasts } from "./toasts";
import { clock, clockSeconds, lang, switchLanguage, t } from "./words";

const chosen = signal(false);
const onWall = () => chosen.value || (me.value?.wall ?? false);

/** A wall has room for so many alarms on one line; a page can be scrolled. */
const mostOnWall = 6;

const smallest = 0.6;
const largest = 1.3;

/** useFit makes everything on a wall as large as it can be without a need to scroll: nobody scrolls a wall. It shrinks as soon
 * as something does not fit, and tries to grow seldom, so that nothing jumps. */
function useFit(wall: boolean): void {
  useEffect(() => {
    const root = document.documentElement;
    let scale = 1;
    const set = (s: number) => {
      scale = s;
      root.style.setProperty("--fit", String(s));
    };
    const tooLarge = () =>
      root.scrollHeight > innerHeight || [root, ...document.querySelectorAll(".halves > *, .figure")].some((e) => e.scrollWidth > e.clientWidth);
    const shrink = () => {
      while (wall && scale > smallest && tooLarge()) set(Math.max(smallest, scale - 0.03));
    };
    const fit = () => {
      set(wall ? largest : 1);
      shrink();
    };
    fit();
    const often = setInterval(shrink, 500);
    const seldom = setInterval(fit, 5 * 60_000);
    addEventListener("resize", fit);
    return () => {
      clearInterval(often);
      clearInterval(seldom);
      removeEventListener("resize", fit);
    };
  }, [wall, lang.value, Object.keys(floor.value.queues).length, Math.ceil(Object.keys(floor.value.agents).length / 5)]);
}

/** Board is the whole floor on one page: for a desk, a phone, or large for a wall. */
export function Board() {
  useFit(onWall());
  return (
    <div class={`board ${onWall() ? "wall" : ""} ${link.value === "lost" ? "stale" : ""}`}>
      <Bar />
      <main>
        <Alarms most={onWall() ? mostOnWall : Infinity} />
        {may("work") && (mine.value || !may("steer")) && !onWall() && <Mine />}
        <Figures />
        <div class="halves">
          <div>
            <Queues />
            {may("steer") && !onWall() && <Callers />}
          </div>
          <Agents />
        </div>
      </main>
      <Toasts />
    </div>
  );
}

function Bar() {
  const who = me.value?.name;
  return (
    <header class="bar">
      <img src="/icon.svg" alt="" width="32" height="32" />
      <h1>
        {t("title")} <span>{t("board")}</span>
      </h1>
      <p role="status" class={`link ${link.value}`}>
        {t(`link.${link.value}`, { time: clockSeconds(told.value) })}
      </p>
      <time class="clock">{clock(now.value)}</time>
      <nav aria-label={t("settings")}>
        {who && <span class="who">{who}</span>}
        {!me.value?.wall && (
          <button class="plain" aria-pressed={chosen.value} onClick={() => (chosen.value = !chosen.value)}>
            {t("wallOn")}
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
