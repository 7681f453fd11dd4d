import { beforeEach, expect, it, vi } from "vitest";
import type { Uri } from "vscode";
import type { App } from "../../src/host/app";
import { useAsBase } from "../../src/host/commands/pairs";
import { saveNamed } from "../../src/host/window/files";

/** What the editor was asked to show; a link in it could run a command. */
const shown = vi.hoisted((): string[] => []);

vi.mock("vscode", () => {
  class Uri {
    constructor(readonly path: string) {}
    get fsPath(): string {
      return this.path;
    }
    static readonly file = (path: string) => new Uri(path);
    static readonly joinPath = ({ path }: Uri, name: string) => new Uri(`${path}/${name}`);
  }
  return {
    Uri,
    commands: {},
    QuickPickItemKind: {},
    workspace: { fs: { writeFile: () => Promise.resolve() } },
    window: {
      showSaveDialog: ({ defaultUri }: { defaultUri: Uri }) => Promise.resolve(defaultUri),
      showInformationMessage: (message: string) => Promise.resolve(void shown.push(message)),
    },
  };
});

const NAME = "[here](command:workbench.action.quit)$(zap)";

beforeEach(() => {
  shown.length = 0;
});

it("writes of a saved file in plain text, whatever it is called", async () => {
  await saveNamed(`${NAME}.csv`, "csv", new Uint8Array());
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatch(/^Twinlens: Saved \[here\]/);
  expect(shown[0]).not.toContain("](");
});

it("writes of a picked model in plain text, whatever its file is called", async () => {
  const { Uri } = await import("vscode");
  const settings = { current: { pairs: [], pair: "" }, setPair: () => Promise.resolve() };
  const file: Uri = Uri.file(`/models/${NAME}.gguf`);
  await useAsBase({ settings } as unknown as App, file);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatch(/^Twinlens: .* is the base model now\.$/);
  expect(shown[0]).not.toContain("](");
});
