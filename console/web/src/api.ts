/** Right is what a person may do here. */
export type Right = "names" | "steer" | "listen" | "confer" | "work";

/** Me is who is signed in, as GET /api/session tells. */
export interface Me {
  signed_in: boolean;
  csrf: string;
  name?: string;
  agent?: string;
  wall?: boolean;
  may?: Right[];
}

/** Problem is an answer that is none: a code of the API's list, or unreachable. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly seconds = 0,
  ) {
    super(code);
  }
}

let token = "";

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-CSRF-Token"] = token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init).catch(() => {
    throw new Problem("unreachable");
  });
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(answer.code ?? "internal", answer.retry_after);
  return answer as T;
}

async function session(method: string, body?: unknown): Promise<Me> {
  const me = await ask<Me>(method, "/api/session", body);
  token = me.csrf;
  return me;
}

export const whoAmI = (): Promise<Me> => session("GET");

export async function signIn(login: string, password: string, wall: boolean): Promise<Me> {
  await whoAmI(); // the token may be of an earlier start of the server
  return session("POST", { login, password, wall });
}

export const signOut = (): Promise<void> => ask("DELETE", "/api/session");

const part = encodeURIComponent;

export const move = (ticket: string, queue: string): Promise<void> => ask("POST", `/api/callers/${part(ticket)}/move`, { queue });
export const prioritise = (ticket: string, points: number): Promise<void> =>
  ask("POST", `/api/callers/${part(ticket)}/priority`, { points });
export const signAgentOut = (extension: string): Promise<void> => ask("DELETE", `/api/agents/${part(extension)}/presence`);

/** call is the address of a call. */
const call = (contact: string) => `/api/calls/${part(contact)}`;

export const listen = (contact: string, mode: string): Promise<void> => ask("PUT", `${call(contact)}/listening`, { mode });
export const stopListening = (contact: string): Promise<void> => ask("DELETE", `${call(contact)}/listening`);
export const takeOver = (contact: string): Promise<void> => ask("POST", `${call(contact)}/take-over`);
export const standDown = (contact: string): Promise<void> => ask("DELETE", `${call(contact)}/danger`);
export const emergency = (contact: string, number: string): Promise<void> => ask("POST", `${call(contact)}/emergency`, { number });
export const invite = (contact: string, extension: string, apart: boolean): Promise<void> =>
  ask("POST", `${call(contact)}/guests`, { extension, apart });
export const dismiss = (contact: string, leg: number): Promise<void> => ask("DELETE", `${call(contact)}/guests/${leg}`);
export const together = (contact: string): Promise<void> => ask("POST", `${call(contact)}/together`);
export const mute = (contact: string, leg: number, on: boolean): Promise<void> =>
  ask(on ? "PUT" : "DELETE", `${call(contact)}/legs/${leg}/mute`);
export const reclassifyCall = (contact: string, as: string): Promise<void> => ask("POST", `${call(contact)}/class`, { class: as });
export const reclassifyCaller = (ticket: string, as: string): Promise<void> =>
  ask("POST", `/api/callers/${part(ticket)}/class`, { class: as });

export const be = (state: string, reason = ""): Promise<void> => ask("PUT", "/api/me/state", { state, reason });
export const callForHelp = (): Promise<void> => ask("POST", "/api/me/panic");
export const pauseRecording = (on: boolean): Promise<void> => ask(on ? "PUT" : "DELETE", "/api/me/recording-pause");
export const warnCaller = (): Promise<void> => ask("POST", "/api/me/warning");
export const endAbuse = (reason: string): Promise<void> => ask("POST", "/api/me/abuse-end", { reason });
