// A keeper at a desk: a device that keeps drafts, and time to turn by hand.

import { vi } from "vitest";
import { openDoor } from "../core/door";
import { blank, type Piece, type Words } from "../core/drafts";
import { Keeper } from "../core/keeper";
import { Session } from "../core/session";
import { HandClock } from "./device";
import { Drawer } from "./drawer";

export function desk(device = new Drawer(), piece: Piece = blank("2026-11-24T21:30"), isKept = false) {
  const session = new Session(undefined);
  session.begin("abc");
  const flights: boolean[] = [];
  const way = { baseUrl: "http://127.0.0.1", session, onOver: () => session.end() };
  const door = openDoor({ ...way, fetch: device.fetch });
  const lasting = openDoor({ ...way, fetch: (input, init) => (flights.push(true), device.fetch(input, init)) });
  const clock = new HandClock();
  const viewer = { kept: vi.fn(), adopted: vi.fn(), forked: vi.fn() };
  const keeper = new Keeper({ door, lasting, clock }, piece, isKept, () => {});
  keeper.show(viewer);
  let words: Words = piece.words;
  const type = (text: string): void => {
    words = { ...words, text };
    keeper.touch(() => words);
  };
  return { device, session, door, clock, viewer, keeper, type, flights, kind: () => keeper.keeping.kind };
}
