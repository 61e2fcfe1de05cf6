// The words round what went wrong; what happened, the device says itself.

import type { Spoken } from "../messages";

const en = {
  title: "Things to look at",
  lead: "Each says what happened, what it means, and what you can do.",
  none: "There’s nothing to look at.",
  since: (when: string): string => `Since ${when}`,
  device: (name: string): string => `About “${name}”`,
  saidBy: (name: string): string => `According to “${name}”`,
  often: (count: number): string => `${String(count)} times`,
  resolve: "I’ve dealt with it",
  resolveHint: "That takes it off this list. If it happens again, it comes back.",
};

export const alarms: Spoken<typeof en> = { en };
