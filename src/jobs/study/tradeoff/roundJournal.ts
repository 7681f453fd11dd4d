import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { parsedJson } from "../../../formats/json";
import { saveFile } from "../../store/saveFile";

const entrySchema = z.tuple([z.string(), z.unknown()]);

/** What is named, each part of a name apart from others. */
type Key = readonly (string | number)[];

/**
 * What was found of a round that is not in the results yet, on disk: after an interruption it is read instead of computed. A line
 * each, in full.
 */
export class RoundJournal {
  private constructor(
    private readonly file: string,
    private readonly known: Map<string, unknown>,
  ) {}

  /** Leaves out what an end in the middle of a line has broken. @throws the file system's error */
  static async open(file: string): Promise<RoundJournal> {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const entries = entriesOf(text);
    const whole = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    if (whole !== text) await saveFile(file, whole);
    return new RoundJournal(file, new Map(entries));
  }

  /** What is known by that name, else what comes of the work. @param schema what is of another shape is computed again */
  async once<T>(key: Key, schema: z.ZodType<T>, work: () => Promise<T>): Promise<T> {
    const known = this.get(key, schema);
    if (known !== undefined) return known;
    const found = await work();
    this.add(key, found);
    return found;
  }

  get<T>(key: Key, schema: z.ZodType<T>): T | undefined {
    const known = schema.safeParse(this.known.get(nameOf(key)));
    return known.success ? known.data : undefined;
  }

  /** @param value that JSON holds; a later one of the same name counts */
  add(key: Key, value: unknown): void {
    const entry = [nameOf(key), value] as const;
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    this.known.set(...entry);
  }

  /** The results have all there is. */
  remove(): void {
    rmSync(this.file, { force: true });
  }
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}

/** Up to the first line that is broken. */
function entriesOf(text: string): [string, unknown][] {
  const entries: [string, unknown][] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    const entry = entrySchema.safeParse(parsedJson(line));
    if (!entry.success) break;
    entries.push(entry.data);
  }
  return entries;
}
