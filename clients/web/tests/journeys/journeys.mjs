// Every journey there is, the longest first.

import { firefox, webkit } from "./engines.mjs";
import { keyboard } from "./keyboard.mjs";
import { link } from "./link.mjs";
import { lost } from "./lost.mjs";
import { pictures } from "./pictures.mjs";
import { remove } from "./remove.mjs";
import { screens } from "./screens.mjs";
import { silent } from "./silent.mjs";
import { traces } from "./traces.mjs";
import { walks } from "./walks.mjs";
import { xss } from "./xss.mjs";

export const journeys = [screens, xss, walks, lost, silent, link, remove, traces, firefox, webkit, pictures, keyboard];
