import { beforeEach, expect, it, vi } from "vitest";
import { LiveItem } from "../../src/host/status/liveItem";
import { LiveMode, type LiveModeStore } from "../../src/host/window/liveMode";

/** The old setting, as the user and the folder have it. */
const old = vi.hoisted((): { globalValue?: unknown; workspaceValue?: unknown } => ({}));
const item = vi.hoisted(() => ({ isShown: false }));

vi.mock("vscode", () => ({
  EventEmitter: class {
    private readonly listeners: (() => void)[] = [];
    readonly event = (listener: () => void) => {
      this.listeners.push(listener);
      return { dispose: () => undefined };
    };
    fire(): void {
      for (const listener of this.listeners) listener();
    }
  },
  StatusBarAlignment: {},
  window: {
    createStatusBarItem: () => ({
      show: () => (item.isShown = true),
      hide: () => (item.isShown = false),
    }),
  },
  workspace: { getConfiguration: () => ({ inspect: () => old }) },
}));

function memento() {
  const values = new Map<string, unknown>();
  return {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}

let globalState: ReturnType<typeof memento>;
/** What a window of its own keeps. */
const newWindow = () => ({ globalState, workspaceState: memento() }) as unknown as LiveModeStore;

beforeEach(() => {
  globalState = memento();
  old.globalValue = old.workspaceValue = undefined;
});

it("is off until it is turned on, stays so over a reload, and is off in another window", async () => {
  const window = newWindow();
  const live = new LiveMode(window);
  expect(live.isOn).toBe(false);
  await live.toggle();
  expect([live.isOn, new LiveMode(window).isOn, new LiveMode(newWindow()).isOn]).toEqual([
    true,
    true,
    false,
  ]);
});

it("stands in the status bar while it is on", async () => {
  const live = new LiveMode(newWindow());
  new LiveItem(live);
  expect(item.isShown).toBe(false);
  await live.toggle();
  expect(item.isShown).toBe(true);
  await live.toggle();
  expect(item.isShown).toBe(false);
});

it("takes a user's old setting over in one window, once", async () => {
  old.globalValue = true;
  const window = newWindow();
  const live = new LiveMode(window);
  expect(live.isOn).toBe(true);
  expect(new LiveMode(newWindow()).isOn).toBe(false);
  expect(new LiveMode(window).isOn).toBe(true);
  await live.toggle();
  expect(new LiveMode(window).isOn).toBe(false);
});

it("takes a folder's old setting over in its window, before the user's", () => {
  old.globalValue = true;
  old.workspaceValue = false;
  expect(new LiveMode(newWindow()).isOn).toBe(false);
  old.workspaceValue = true;
  expect(new LiveMode(newWindow()).isOn).toBe(true);
});

it.each(["yes", 1, null])("leaves the old setting alone where it was no switch: %j", (value) => {
  old.globalValue = value;
  expect(new LiveMode(newWindow()).isOn).toBe(false);
});
