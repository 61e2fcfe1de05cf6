// Reads what a view hands over, and trusts none of it: a newer device may say more, or something else. What isn't there is undefined,
// never 0: a gap is drawn as a gap.

export type Data = Readonly<Record<string, unknown>>;

export function record(value: unknown): Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

export function records(data: Data, name: string): readonly Data[] {
  const value = data[name];
  return Array.isArray(value) ? value.map(record) : [];
}

/** A text; empty where there is none. */
export function text(data: Data, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

export function texts(data: Data, name: string): readonly string[] {
  const value = data[name];
  const all = Array.isArray(value) ? value : [value];
  return all.filter((it): it is string => typeof it === "string" && it !== "");
}

export function number(data: Data, name: string): number | undefined {
  const value = data[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function isTrue(data: Data, name: string): boolean {
  return data[name] === true;
}

/** The one object that a view hands over as JSON. */
export function parse(json: string): Data {
  try {
    return record(JSON.parse(json));
  } catch {
    return {};
  }
}
