// The words around a link in a text.

import type { Spoken } from "../messages";

const en = {
  leads: "This link goes to",
  outside: "It opens in a new tab, outside your journal, and stays in your browser’s history. Whoever runs that page can see the visit.",
  cannot: "It can’t be opened from here.",
  open: "Open it",
  close: "Stay here",
};

export const prose: Spoken<typeof en> = { en };
