import { expect, it, vi } from "vitest";
import { UserSettings } from "../../src/host/settings/settings";
import type { Pair } from "../../src/protocol/settings";

/** VS Code's own settings of the user, which no test has; each write is told of. */
const user = vi.hoisted(() => {
  let changed: (event: object) => void = () => undefined;
  const values: Record<string, unknown> = {};
  return {
    values,
    listen: (listener: (event: object) => void) => void (changed = listener),
    tell: () => changed({ affectsConfiguration: () => true }),
  };
});

vi.mock("vscode", () => ({
  EventEmitter: class {
    fire = () => undefined;
    event = () => undefined;
    dispose = () => undefined;
  },
  workspace: {
    onDidChangeConfiguration: (listener: (event: object) => void) => {
      user.listen(listener);
      return { dispose: () => undefined };
    },
    getConfiguration: () => ({
      get: (name: string) => user.values[name],
      inspect: () => ({ globalValue: user.values }),
      update(name: string, value: unknown) {
        user.values = { ...user.values, [name]: value };
        user.tell();
        return Promise.resolve();
      },
    }),
  },
}));

const [first, second] = ["first", "second"].map((name) => ({ name, base: `/${name}.gguf` }));

/** The pairs and the one in use after each write, where `first` was in use before. */
async function written(name: string, pairs: readonly Pair[]): Promise<string[]> {
  user.values = { pairs: [first], pair: "first" };
  const settings = new UserSettings(() => undefined);
  const states: string[] = [];
  const tell = user.tell;
  vi.spyOn(user, "tell").mockImplementation(() => {
    tell();
    const { pairs, pair } = settings.current;
    states.push(`${pair || "embedded"} of ${pairs.map((one) => one.name).join(", ")}`);
  });
  await settings.setPair(name, pairs);
  vi.restoreAllMocks();
  return states;
}

it("the pair in use is one that there is, at any time while it is changed", async () => {
  expect(await written("second", [first!, second!])).toEqual([
    "first of first, second",
    "second of first, second",
  ]);
  expect(await written("second", [second!])).toEqual([
    "first of second, first",
    "second of second, first",
    "second of second",
  ]);
  expect(await written("", [])).toEqual(["first of first", "embedded of first", "embedded of "]);
});
