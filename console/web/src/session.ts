import { signal } from "@preact/signals";
import { type Me, type Right, signOut, whoAmI } from "./api";
import { farewell, forget } from "./live";

/** me is who is signed in; undefined until the server has said so. */
export const me = signal<Me | undefined>(undefined);

export const may = (what: Right): boolean => me.value?.may?.includes(what) ?? false;

/** enter takes what the server says of who is signed in. */
export function enter(m: Me): void {
  if (m.signed_in) farewell.value = "";
  else if (me.value?.signed_in) farewell.value ||= "expired"; // nobody has said why
  forget();
  me.value = m;
}

/** recheck asks who is signed in. An unchanged session stays as it is unless its rights have changed. */
export async function recheck(changed: boolean): Promise<void> {
  const m = await whoAmI().catch(() => undefined); // away: the stream tries again by itself
  if (m && (changed || !m.signed_in || !me.value)) enter(m);
}

export async function leave(): Promise<void> {
  await signOut().catch(() => undefined); // who is signed out already is told so next
  farewell.value = "self";
  await recheck(true);
}

const often = 5 * 60_000;

/** stayAwake tells the server now and then that somebody sits here: the stream alone keeps no session alive. */
export function stayAwake(): void {
  let last = Date.now();
  for (const sign of ["pointerdown", "keydown"]) {
    addEventListener(sign, () => {
      if (Date.now() - last < often) return;
      last = Date.now();
      void recheck(false);
    });
  }
}
