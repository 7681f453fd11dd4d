import { beforeEach, expect, it, vi } from "vitest";
import type { App } from "../../src/host/app";
import { addGpuSupport } from "../../src/host/commands/gpu";
import type { Server } from "../../src/host/connection/server";
import {
  type GpuBuildFacts,
  type GpuBuildProgress,
  GpuBuildRequest,
  type GpuBuilds,
} from "../../src/protocol/gpuBuilds";

const editor = vi.hoisted(() => ({
  /** What the user picks and presses, by turns; what is missing is undone. */
  answers: [] as (string | undefined)[],
  shown: [] as string[],
  reported: [] as object[],
}));

vi.mock("vscode", () => {
  const say = (text: string) => {
    editor.shown.push(text);
    return Promise.resolve(editor.answers.shift());
  };
  return {
    ProgressLocation: {},
    QuickPickItemKind: {},
    commands: { executeCommand: (id: string, what: string) => editor.shown.push(`${id} ${what}`) },
    window: {
      showInformationMessage: say,
      showWarningMessage: say,
      showQuickPick(items: readonly { label: string }[]) {
        const wanted = editor.answers.shift();
        return Promise.resolve(items.find(({ label }) => wanted && label.includes(wanted)));
      },
      withProgress: (_: object, work: (notification: object, token: object) => unknown) =>
        work({ report: (now: object) => editor.reported.push(now) }, {}),
    },
  };
});

const vulkan: GpuBuildFacts = {
  kind: "vulkan",
  state: "absent",
  bytes: 24e6,
  unpackedBytes: 73e6,
  needs: "a driver",
  lacks: null,
};
const before: GpuBuilds = {
  device: "CPU",
  builds: [vulkan],
  absence: null,
  licence: "MIT",
  registry: "registry.example",
  folder: "/data/gpu",
};

let state: GpuBuilds;
let after: GpuBuilds;
let gpu: "auto" | "off";
let asked: unknown[];
let tell: (progress: GpuBuildProgress) => void;

const server = {
  onGpuBuildProgress(listener: typeof tell) {
    tell = listener;
    return { dispose: () => undefined };
  },
  request(type: unknown, params: unknown) {
    asked.push(type === GpuBuildRequest.state ? "state" : (params ?? "remove"));
    if (type === GpuBuildRequest.state) return Promise.resolve(state);
    const at = { step: "fetching", total: 24e6, secondsLeft: null, message: null } as const;
    if (type === GpuBuildRequest.add) for (const bytes of [6e6, 3e6, 12e6]) tell({ ...at, bytes });
    return Promise.resolve(after);
  },
} as unknown as Server;
const app = () =>
  ({
    settings: { current: { gpu } },
    log: { show: () => editor.shown.push("the log") },
  }) as unknown as App;

beforeEach(() => {
  state = before;
  after = { ...before, device: "Radeon", builds: [{ ...vulkan, state: "added" }] };
  gpu = "auto";
  asked = [];
  editor.answers.length = editor.shown.length = editor.reported.length = 0;
});

it("fetches what is chosen once the user has agreed, and says what computes", async () => {
  editor.answers.push("Vulkan", "Fetch");
  await addGpuSupport(app(), server);
  expect(asked).toEqual(["state", { kind: "vulkan" }]);
  expect(editor.shown[0]).toMatch(/^Twinlens: Fetch llama\.cpp's Vulkan build/u);
  expect(editor.shown[1]).toMatch(/^Twinlens: Radeon computes from now on\./u);
  // Progress never goes back.
  expect(editor.reported).toMatchObject([{ increment: 25 }, { increment: 0 }, { increment: 25 }]);
});

it("fetches nothing without a choice or an agreement", async () => {
  await addGpuSupport(app(), server);
  editor.answers.push("Vulkan", undefined);
  await addGpuSupport(app(), server);
  expect(asked).toEqual(["state", "state"]);
});

it("warns where a build would be of no use, and explains why the processor is used", async () => {
  const vain = { ...vulkan, lacks: "No GPU driver for Vulkan was found." };
  state = { ...before, builds: [vain] };
  after = { ...before, builds: [{ ...vain, state: "added" }] };
  editor.answers.push("Vulkan", "Fetch Anyway", "Open Log");
  await addGpuSupport(app(), server);
  expect(editor.shown[0]).toMatch(/^Twinlens: No GPU driver for Vulkan was found\./u);
  expect(editor.shown[1]).toContain("the processor is used. No GPU driver for Vulkan was found.");
  expect(editor.shown[2]).toBe("the log");
});

it("leads to the setting where GPUs are turned off", async () => {
  gpu = "off";
  editor.answers.push("Vulkan", "Fetch", "Open Settings");
  await addGpuSupport(app(), server);
  expect(editor.shown[1]).toContain('the setting twinlens.gpu is "off"');
  expect(editor.shown[2]).toBe("workbench.action.openSettings twinlens.gpu");
});

it("does not fetch again what is there, and removes it", async () => {
  state = after;
  editor.answers.push("Vulkan");
  await addGpuSupport(app(), server);
  expect(asked).toEqual(["state"]);
  after = before;
  editor.answers.push("Remove GPU Builds");
  await addGpuSupport(app(), server);
  expect(asked).toEqual(["state", "state", "remove"]);
  expect(editor.shown.at(-1)).toBe("Twinlens: The GPU builds were removed. In use: the processor.");
});

it("says why there is nothing for a platform", async () => {
  state = { ...before, builds: [], absence: "There are none for it." };
  await addGpuSupport(app(), server);
  expect(editor.shown).toEqual(["Twinlens: There are none for it."]);
});
