// What scrolls: on a phone the room between the top and the tabs, elsewhere the page.

export function scroller(): Element {
  const main = document.getElementById("main");
  return main && getComputedStyle(main).overflowY === "auto" ? main : document.documentElement;
}
