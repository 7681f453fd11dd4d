import { type Disposable, EventEmitter, workspace } from "vscode";
import * as z from "zod/mini";
import type { Pair, Settings, View } from "../../protocol/settings";
import { SCORING_SETTINGS, settingsSchema } from "../../protocol/settings";
import type { NoPair, ResolvedPair } from "./pairs";

const SECTION = "twinlens";

/** Settings that name files, programs or the machine's resources: a workspace can't set them. */
export const MACHINE_SETTINGS: readonly (keyof Settings)[] = [
  "pairs",
  "pair",
  "modelFolder",
  "catalogs",
  "gpu",
  "idleUnloadMinutes",
  "windowMemoryMB",
  "cacheMB",
  "chatTemplate",
  "mafft",
];

/** The user's settings under `twinlens.`, as they stand now. */
export class UserSettings implements Disposable {
  private values: Settings;
  private readonly change = new EventEmitter<void>();
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(SECTION)) return;
    this.values = read(this.warn);
    this.change.fire();
  });

  /** @param warn called for every value that can't be used */
  constructor(private readonly warn: (message: string) => void) {
    this.values = read(warn);
  }

  readonly onDidChange = this.change.event;

  get current(): Settings {
    return this.values;
  }

  setView(view: View): Thenable<void> {
    return write("view", view);
  }

  /** Uses the pair called `name` of `pairs`; an empty name is the embedded pair. */
  async setPair(name: string, pairs: readonly Pair[]): Promise<void> {
    const { pairs: before, pair: inUse } = this.values;
    const isKept = pairs.some((pair) => pair.name === inUse);
    // Between two writes the pair in use is still there.
    const leaving = isKept ? [] : before.filter((pair) => pair.name === inUse);
    if (pairs !== before) await write("pairs", [...pairs, ...leaving]);
    await write("pair", name);
    if (leaving.length > 0) await write("pairs", pairs);
  }

  dispose(): void {
    this.subscription.dispose();
    this.change.dispose();
  }
}

/** Equal under settings and pairs for which a text gets the same scores. */
export function scoringKey(settings: Settings, pair: ResolvedPair | NoPair): string {
  return JSON.stringify([pair, SCORING_SETTINGS.map((name) => settings[name])]);
}

/** Values of earlier versions, as they are called now. */
const RENAMED: Partial<Record<keyof Settings, Readonly<Record<string, string>>>> = {
  inlayHints: { line: "all" },
};

function renamed(name: string, value: unknown): unknown {
  return (typeof value === "string" && RENAMED[name as keyof Settings]?.[value]) || value;
}

/** Every setting; a value that does not fit its schema counts as not set. */
function read(warn: (message: string) => void): Settings {
  const configuration = workspace.getConfiguration(SECTION);
  const global = workspace
    .getConfiguration()
    .inspect<Record<string, unknown>>(SECTION)?.globalValue;
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    // VS Code itself drops a workspace's values of machine settings; not reading them is the second lock.
    const value = (MACHINE_SETTINGS as readonly string[]).includes(name)
      ? global?.[name]
      : configuration.get(name);
    const parsed = schema.safeParse(renamed(name, value));
    if (parsed.success) values[name] = parsed.data;
    else warn(`twinlens.${name} is not used: ${z.prettifyError(parsed.error)}`);
  }
  return settingsSchema.parse(values);
}

/** Writes where the value comes from now, so that the change is seen; else into the user's settings. */
function write(name: keyof Settings, value: unknown): Thenable<void> {
  const configuration = workspace.getConfiguration(SECTION);
  const isInWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  const isOwn = isInWorkspace && !MACHINE_SETTINGS.includes(name);
  return configuration.update(name, value, !isOwn);
}
