// What would vanish where the system's colours hold (high contrast): fills go, and a browser doesn't force what drawings are drawn with.

const FAULTS_TOLD = 4;

/** Faults of the screen as it is now, in forced colours; leaves the page without them. */
export async function forcedFaults(page) {
  await page.emulateMedia({ forcedColors: "active" });
  const faults = await page.evaluate(inside);
  await page.emulateMedia({ forcedColors: "none" });
  return faults.slice(0, FAULTS_TOLD);
}

function inside() {
  const said = (what, element) => `in forced colours ${what}: ${element.outerHTML.slice(0, 100)}`;
  const all = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  const system = new Set(["Canvas", "CanvasText", "GrayText", "Highlight", "LinkText", "ButtonText"].map(resolve));
  return [
    ...all("main svg:not(.i, .draw) :is(path, line, circle, rect, ellipse, text)").filter((shape) => !isDrawn(shape)).map((shape) => said("a mark keeps the page's own colour", shape)),
    ...all(".chip.on, [aria-pressed='true'], .seg label:has(:checked), .rung:has(:checked) .n").filter((chosen) => !hasEdge(chosen)).map((chosen) => said("what's chosen looks like the rest", chosen)),
    ...all(".tabs a[aria-current]").filter((tab) => !hasEdge(tab)).map((tab) => said("the tab one is on looks like the rest", tab)),
    ...all(".note, .card, .in").filter((box) => !hasLine(box)).map((box) => said("a box has no edge", box)),
    ...all("ol.steps").filter(isFlat).map((steps) => said("the steps done look like those to come", steps)),
  ];

  function resolve(colour) {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = colour;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }
  function isDrawn(shape) {
    const { fill, stroke } = getComputedStyle(shape);
    return [fill, stroke].every((colour) => colour === "none" || system.has(colour));
  }
  function hasEdge(element) {
    return getComputedStyle(element).outlineStyle !== "none";
  }
  function hasLine(element) {
    return getComputedStyle(element).borderTopStyle !== "none";
  }
  function isFlat(steps) {
    const [first, ...rest] = [...steps.children].map((step) => getComputedStyle(step).backgroundColor);
    const canvas = resolve("Canvas");
    const isAll = steps.querySelectorAll(".on").length === steps.children.length;
    return first === canvas || (!isAll && rest.length > 0 && rest.at(-1) === first);
  }
}
