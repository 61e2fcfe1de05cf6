// Goes through a walk, page by page, whatever is asked. Runs inside the page.

export async function through() {
  const PAGES_MAX = 200;
  const WAIT_MS = 15_000;
  const kinds = new Set();
  const skipped = [];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const all = (selector, within = document) => [...within.querySelectorAll(`main ${selector}`)];
  const until = async (test) => {
    for (const end = performance.now() + WAIT_MS; performance.now() < end; await frame()) {
      if (test()) {
        return true;
      }
    }
    return false;
  };
  const type = (field, words) => {
    field.value = words;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  const heading = () => document.querySelector("main h1");
  const entry = () => document.querySelector('main .acts a[href^="#entry/"]')?.getAttribute("href") ?? "";

  /** What every kind of answer gets: the first of what's offered, or a few words. */
  const answers = {
    radios() {
      const [first] = all("input[type=radio]:not([name^=strength]):not([name=kind])");
      if (first) {
        kinds.add({ harm: "harm", whom: "whom", choice: "choice", scale: "scale", person: "person", entry: "entry", truth: "truth" }[first.name] ?? first.name);
        first.click();
      }
    },
    several() {
      const [first] = all(".options input[type=checkbox]");
      if (first) {
        kinds.add("several");
        first.click();
      }
    },
    async feelings() {
      const [first] = all(".groups .chip");
      if (!first) {
        return;
      }
      kinds.add("feelings");
      first.click();
      await frame();
      all("input[name^=strength]").slice(0, 1).forEach((radio) => radio.click());
      all(".how input[type=text]").forEach((field) => type(field, "40"));
    },
    async items() {
      const rows = all("ol.stack-s textarea");
      if (rows.length === 0) {
        return;
      }
      kinds.add("items");
      type(rows[0], "a line");
      const [weight] = all("ol.stack-s input");
      const wanted = /of (\d+)/.exec(document.querySelector('main p.small[role="status"]')?.textContent ?? "")?.[1];
      if (weight) {
        type(weight, wanted ?? /(\d+) to/.exec(weight.getAttribute("aria-label") ?? "")?.[1] ?? "1");
      }
    },
    words() {
      const [field] = all(".way > textarea");
      if (field) {
        kinds.add("words");
        type(field, "A few words, so that something stands here.");
      }
    },
    times() {
      const [day] = all("input[type=date]");
      if (day) {
        kinds.add(document.querySelector("main #time") ? "moment" : "day");
        all(".use button, .acts button.quiet").slice(0, 1).forEach((button) => button.click());
        if (day.value === "") {
          type(day, "2026-11-20");
        }
      }
      const [minutes] = all("#minutes");
      if (minutes) {
        kinds.add("span");
        type(minutes, "3");
      }
    },
    async timer() {
      const timer = document.querySelector('main [role="timer"]');
      if (timer) {
        kinds.add("timer");
        const before = timer.textContent;
        all(".acts button.quiet").slice(0, 1).forEach((button) => button.click());
        await until(() => timer.textContent !== before);
      }
    },
    sentence() {
      if (document.querySelector("main blockquote.read")) {
        kinds.add("sentence");
      }
    },
  };

  const on = async (button, before) => {
    const hint = () => all('[role="alert"]').map(({ textContent }) => textContent.trim()).join(" ");
    const hintBefore = hint();
    button?.click();
    await until(() => heading() !== before || (hint() !== "" && hint() !== hintBefore));
    return heading() !== before;
  };

  for (let pages = 1; pages <= PAGES_MAX; pages += 1) {
    await until(() => heading() !== null);
    if (document.querySelector('main .acts a[href="#today"]')) {
      return { kinds: [...kinds], pages, skipped, entry: entry(), why: heading()?.textContent ?? "" };
    }
    const before = heading();
    for (const answer of Object.values(answers)) {
      await answer();
    }
    await frame();
    if (await on(document.querySelector("main .foot-acts .btn:not(.quiet):not(.text)"), before)) {
      continue;
    }
    skipped.push(`${before?.textContent} (${all('[role="alert"]').map(({ textContent }) => textContent.trim()).join(" ")})`);
    const skip = all(".foot-acts .btn.text").at(-1);
    if (!skip || !(await on(skip, before))) {
      return { kinds: [...kinds], pages, skipped, entry: "", why: `it stays at "${before?.textContent}"` };
    }
  }
  return { kinds: [...kinds], pages: PAGES_MAX, skipped, entry: "", why: "it has no end" };
}
