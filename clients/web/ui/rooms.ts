// The rooms of an open journal: each is a folder with a Room, loaded when somebody goes there.

import type { Component } from "svelte";
import type { App } from "./app.svelte";

export interface RoomProps {
  readonly app: App;
  readonly args: readonly string[];
}

type Load = () => Promise<{ default: Component<RoomProps> }>;

const rooms = import.meta.glob<{ default: Component<RoomProps> }>("./*/Room.svelte");

/** Rooms that are there in every state, also without a session. */
export const ALWAYS: ReadonlySet<string> = new Set(["help"]);

export function loadRoom(name: string): Load | undefined {
  return rooms[`./${name}/Room.svelte`];
}
