// What a browser loads, read off the manifest of the build, and how much of it there may be.

/** What a first visit may load: 1.6 Mbit/s carry it in 0.4 s. */
const FIRST_MAX = 80_000;
/** What going to one room may load on top of that. */
const ROUTE_MAX = 40_000;
const FONTS_MAX = 60_000;
/** Requests that stand between an empty window and its first words; a browser has six connections for one origin. */
const REQUESTS_MAX = 6;
/** Each is code of strangers in front of a person's words. */
const DEPENDENCIES_MAX = 12;

/** The script of the page, and what it loads at once: scripts and their styles. */
export function firstOf(manifest, page) {
  const script = /<script[^>]* src="[./]*([^"]+)"/.exec(page)?.[1];
  const entry = Object.keys(manifest).find((key) => manifest[key].file === script);
  if (!entry) {
    throw new Error(`the manifest doesn't know the script of the page: ${script}`);
  }
  const files = together(manifest, [entry], new Set());
  const missed = [...files].filter((file) => !page.includes(file));
  if (missed.length > 0) {
    throw new Error(`the page doesn't name ${missed.join(", ")} but loads it at once`);
  }
  return files;
}

/** What each room loads that the first visit hasn't, by its name: everything it imports, however far away, with its styles. */
export function loads(manifest, first) {
  const rooms = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
  return new Map(rooms.map((key) => [key, together(manifest, [key], first)]));
}

function together(manifest, keys, without, found = new Set(), seen = new Set()) {
  for (const key of keys.filter((key) => !seen.has(key))) {
    const { file, css = [], imports = [] } = manifest[key];
    seen.add(key);
    [file, ...css].filter((path) => !without.has(path)).forEach((path) => found.add(path));
    together(manifest, imports, without, found, seen);
  }
  return found;
}

/** Every figure with its limit. */
export function budgets({ sizes, first, routes, dependencies }) {
  const weigh = (files) => [...files].reduce((sum, file) => sum + (sizes.get(file) ?? Number.NaN), 0);
  const fonts = [...sizes.keys()].filter((path) => /\.woff2?$/.test(path));
  const isCode = (path) => /\.(js|css)$/.test(path);
  return [
    { name: "first load, scripts and styles", value: weigh([...first].filter(isCode)), max: FIRST_MAX },
    { name: "fonts", value: weigh(fonts), max: FONTS_MAX },
    // The page itself, and what it names for its first words.
    { name: "requests before the first paint", value: 1 + [...first].filter(isCode).length, max: REQUESTS_MAX },
    { name: "dependencies", value: dependencies, max: DEPENDENCIES_MAX },
    ...[...routes].map(([key, files]) => ({ name: `room ${nameOf(key)}`, value: weigh(files), max: ROUTE_MAX })),
  ];
}

function nameOf(key) {
  return /(?:^|\/)ui\/(.*)\/Room\.svelte$/.exec(key)?.[1] ?? key;
}

/** The figures as lines, those over their limit marked. A figure that isn't one is over, too, and so is a first load of nothing. */
export function judged(figures) {
  return figures.map(({ name, value, max }) => {
    const isOver = !(value > 0 && value <= max);
    return { name, isOver, said: `${isOver ? "OVER  " : "      "}${name}: ${value} of ${max}` };
  });
}
