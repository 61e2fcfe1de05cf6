// The day it is where the person is, as the device takes it: "2026-11-24".

export function two(part: number): string {
  return String(part).padStart(2, "0");
}

export function today(now: Date): string {
  return `${String(now.getFullYear()).padStart(4, "0")}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
