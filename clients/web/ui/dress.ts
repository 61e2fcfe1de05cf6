// The page in the dress that its person chose: theme, size of text, and what the tab calls itself.

import type { Messages } from "../core/messages";
import type { Look } from "../core/settings";
import haven from "./haven.svg";
import notes from "./icon.svg";

export function dress(look: Look, say: Messages): void {
  const root = document.documentElement;
  if (look.theme === "system") {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = look.theme;
  }
  root.style.setProperty("--text-size", String(look.textSize / 100));
  document.title = look.name === "haven" ? say.haven : say.title;
  document.querySelector("link[rel=icon]")?.setAttribute("href", look.name === "haven" ? haven : notes);
}
