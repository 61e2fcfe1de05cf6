// Where the focus goes when a screen comes in place of another: to its heading, so that it is read out.

import type { Attachment } from "svelte/attachments";

let hasLanded = false;

/** For the heading of a screen. The first screen of a page leaves the focus where the browser has it. */
export const land: Attachment<HTMLElement> = (element) => {
  if (hasLanded) {
    element.focus();
  }
  hasLanded = true;
};
