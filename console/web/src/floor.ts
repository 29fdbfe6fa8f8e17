/** The rows of the floor, as the server draws them (rows.go). Moments are ISO texts. */
export interface Figures {
  offered: number;
  answered: number;
  abandoned: number;
  level: number | null;
}

export interface FloorRow {
  calls: number;
  menu: number;
  talking: number;
  now: Figures;
  today: Figures;
  messages_open?: number;
  messages_due?: number;
}

export interface QueueRow {
  name?: string;
  order: number;
  minors?: boolean;
  open: boolean;
  waiting: number;
  protected?: number;
  longest?: string;
  ready: number;
  staff: number;
  callbacks: { pending: number; due: number; working: number };
  promise?: { within: number; target: number };
  now: Figures;
  today: Figures;
}

export interface AgentRow {
  state: string;
  since: string;
  site: string;
  device: string;
  queue?: string;
  calls: number;
  talk: number;
  name?: string;
  extension?: string;
  reason?: string;
  contact?: string;
}

export interface CallerRow {
  queue: string;
  position: number;
  since: string;
  protected?: boolean;
  danger?: boolean;
  lost?: boolean;
}

export interface AlarmRow {
  kind: string;
  since: string;
  queue?: string;
  agent?: string;
  name?: string;
  extension?: string;
  contact?: string;
}

export interface PartyRow {
  contact: string;
  leg: number;
  role: string;
  agent?: string;
  name?: string;
  guest?: boolean;
  muted?: boolean;
  apart?: boolean;
}

export interface ListenerRow {
  agent: string;
  contact: string;
  mode: string;
  since: string;
}

/** Mine is what people at work are told of themselves (own.go). */
export interface Mine {
  state: string;
  since: string;
  reason?: string;
  queue?: string;
  talking?: boolean;
  paused?: boolean;
  danger?: boolean;
  listeners?: { name: string; mode: string }[];
}

export interface Floor {
  floor: Record<string, FloorRow>;
  queues: Record<string, QueueRow>;
  agents: Record<string, AgentRow>;
  callers: Record<string, CallerRow>;
  alarms: Record<string, AlarmRow>;
  listening: Record<string, ListenerRow>;
  parties: Record<string, PartyRow>;
}

export interface Frame extends Partial<Record<keyof Floor, Record<string, object | null>>> {
  at: string;
  full: boolean;
}

export const empty: Floor = { floor: {}, queues: {}, agents: {}, callers: {}, alarms: {}, listening: {}, parties: {} };

/** apply makes of a floor and a frame the next floor. Tables that did not change stay the same objects. */
export function apply(old: Floor, frame: Frame): Floor {
  const next = { ...(frame.full ? empty : old) } as Record<keyof Floor, Record<string, object>>;
  for (const table of Object.keys(empty) as (keyof Floor)[]) {
    const rows = frame[table];
    if (!rows) continue;
    const merged = { ...next[table] };
    for (const [key, row] of Object.entries(rows)) {
      if (row === null) delete merged[key];
      else merged[key] = row;
    }
    next[table] = merged;
  }
  return next as unknown as Floor;
}
