import { computed, signal } from "@preact/signals";
import en from "./words/en.json";
import zh from "./words/zh-CN.json";

export type Lang = "zh-CN" | "en";
export type Key = keyof typeof zh;

const all: Record<Lang, Record<Key, string>> = { "zh-CN": zh, en };
const kept = "hotline-language";

function first(): Lang {
  const chosen = localStorage.getItem(kept) ?? navigator.language;
  return chosen.startsWith("en") ? "en" : "zh-CN";
}

/** lang is the language of the page; it is kept in this browser. */
export const lang = signal<Lang>(first());

export function switchLanguage(): void {
  lang.value = lang.value === "en" ? "zh-CN" : "en";
  localStorage.setItem(kept, lang.value);
}

/** t gives words, with values in the place of {names}. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return all[lang.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** known gives the words for something the server named, or what it is called there. */
export function known(group: string, name: string, otherwise = name): string {
  const key = `${group}.${name}`; // such as state.ready
  return key in all[lang.value] ? t(key as Key) : otherwise;
}

const percentFormat = computed(() => new Intl.NumberFormat(lang.value, { style: "percent", maximumFractionDigits: 0 }));
const timeFormat = computed(() => new Intl.DateTimeFormat(lang.value, { hour: "2-digit", minute: "2-digit", hour12: false }));
const secondsFormat = computed(
  () => new Intl.DateTimeFormat(lang.value, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
);

/** percent writes a rate from 0 to 1, rounded down so that a missed target never looks met; a dash for none. */
export function percent(rate: number | null | undefined): string {
  return rate == null ? "–" : percentFormat.value.format(Math.floor(rate * 100 + 1e-9) / 100);
}

export const clock = (at: number): string => timeFormat.value.format(at);
export const clockSeconds = (at: number): string => secondsFormat.value.format(at);

/** span writes a time in milliseconds as m:ss or h:mm:ss. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
