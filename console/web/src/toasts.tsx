import { signal } from "@preact/signals";

const shown = signal<{ id: number; text: string }[]>([]);
let last = 0;
const long = 6000;

/** toast says something for a few seconds, to eyes and ears. */
export function toast(text: string): void {
  const id = ++last;
  shown.value = [...shown.value.slice(-2), { id, text }];
  setTimeout(() => {
    shown.value = shown.value.filter((one) => one.id !== id);
  }, long);
}

/** Toasts are where that is said. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <p key={one.id}>{one.text}</p>
      ))}
    </div>
  );
}
