import { existsSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import manifest from "../../package.json";
import strings from "../../package.nls.json";
import { commandTable } from "../../src/host/commands";
import type { ContextKeys } from "../../src/host/window/contextKeys";
import { STEPS } from "../../src/host/heatmap/paint";
import { MACHINE_SETTINGS } from "../../src/host/settings/settings";
import { settingsSchema } from "../../src/protocol/settings";

// The command table names functions that use the editor; none of them runs here.
vi.mock("vscode", () => {
  const anything = class {};
  return new Proxy(
    {},
    { has: () => true, get: (_, name) => (name === "then" ? undefined : anything) },
  );
});

const { contributes } = manifest;
const commandIds = contributes.commands.map(({ command }) => command);
const settings = Object.assign(
  {},
  ...contributes.configuration.map((group) => group.properties),
) as Record<string, Record<string, unknown>>;

describe("commands", () => {
  it("are those of the command table", () => {
    expect(commandIds.toSorted()).toEqual(
      Object.keys(commandTable)
        .map((verb) => `twinlens.${verb}`)
        .toSorted(),
    );
  });

  it("have a title and the category", () => {
    for (const { title, category } of contributes.commands) {
      expect(title).toMatch(/^%commands\.\w+%$/);
      expect(category).toBe("Twinlens");
    }
  });

  it("have a place in the palette's list unless they are always of use", () => {
    const always = [
      "chooseView",
      "getPair",
      "manageModels",
      "setHubToken",
      "removeHubToken",
      "choosePair",
      "addPair",
      "chooseAdapter",
      "addGpuSupport",
      "loadModels",
      "toggleLive",
      "analyzeAnchors",
      "importSamples",
      "openRecordedRun",
      "openSample",
      "newStudy",
      "runStudy",
      "openStudy",
      "guessWord",
      "trainProbe",
      "forgetProbe",
    ];
    const anytime = [...always, "showJobs", "restartServer", "showLog"].map(
      (verb) => `twinlens.${verb}`,
    );
    const listed = contributes.menus.commandPalette.map(({ command }) => command);
    expect([...listed, ...anytime].toSorted()).toEqual(commandIds.toSorted());
  });

  it("are the only ones that menus, keys, views and walkthrough name", () => {
    const named = JSON.stringify([manifest, strings]).matchAll(
      /(?:command:|"command":"|onCommand:)(twinlens\.[\w.]+)/g,
    );
    const ownViews = contributes.views.twinlens.map(({ id }) => `${id}.focus`);
    for (const [, command] of named) expect([...commandIds, ...ownViews]).toContain(command);
  });
});

describe("settings", () => {
  const schema = z.toJSONSchema(settingsSchema, { io: "input" }).properties as Record<
    string,
    Record<string, unknown>
  >;

  it("are those of the schema, in its order of importance", () => {
    expect(Object.keys(settings).toSorted()).toEqual(
      Object.keys(schema)
        .map((name) => `twinlens.${name}`)
        .toSorted(),
    );
    expect(Object.values(settings).map(({ order }) => order)).toEqual(
      Object.keys(settings).map((_, index) => index),
    );
  });

  it.each(Object.keys(schema))("%s has the schema's type, default, limits and choices", (name) => {
    const parts = ["type", "default", "minimum", "maximum", "enum"];
    const pick = (from: Record<string, unknown>) => parts.map((part) => from[part]);
    expect(pick(settings[`twinlens.${name}`]!)).toEqual(pick(schema[name]!));
  });

  it("of machine scope are those that no workspace may set", () => {
    const ofScope = (scope: string) =>
      Object.keys(settings).filter((name) => settings[name]!.scope === scope);
    const machine = MACHINE_SETTINGS.map((name) => `twinlens.${name}`);
    expect(ofScope("machine").toSorted()).toEqual(machine.toSorted());
    expect(ofScope("window").length + machine.length).toBe(Object.keys(settings).length);
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(restrictedConfigurations.toSorted()).toEqual(machine.toSorted());
  });
});

describe("colours", () => {
  const styles = Object.entries(STEPS).flatMap(([scale, steps]) =>
    Array.from({ length: steps }, (_, index) => `${scale}${index + 1}`),
  );

  it("are those of the models, of the heat map's styles, a line for each scale, and what is stale", () => {
    const lines = Object.keys(STEPS).map((scale) => `${scale}Line`);
    expect(contributes.colors.map(({ id }) => id).toSorted()).toEqual(
      ["base", "rlhf", ...styles, ...lines, "stale"].map((name) => `twinlens.${name}`).toSorted(),
    );
  });

  // Default text and background of VS Code's own four themes.
  const themes = {
    light: ["#3B3B3B", "#FFFFFF"],
    dark: ["#CCCCCC", "#1F1F1F"],
    highContrast: ["#FFFFFF", "#000000"],
    highContrastLight: ["#292929", "#FFFFFF"],
  } as const;

  it.each(styles)("%s leaves text readable in every theme (WCAG AA)", (style) => {
    const { defaults } = contributes.colors.find(({ id }) => id === `twinlens.${style}`)!;
    for (const [theme, [text, background]] of Object.entries(themes)) {
      const painted = blend(defaults[theme as keyof typeof themes], background);
      expect(contrast(painted, rgb(text)), theme).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(Object.entries(STEPS))(
    "%s grows away from the background step by step",
    (scale, steps) => {
      for (const [theme, [, background]] of Object.entries(themes)) {
        const distances = Array.from({ length: steps }, (_, step) => {
          const { defaults } = contributes.colors.find(
            ({ id }) => id === `twinlens.${scale}${step + 1}`,
          )!;
          return contrast(
            blend(defaults[theme as keyof typeof themes], background),
            rgb(background),
          );
        });
        for (const [step, distance] of distances.entries()) {
          expect(distance, `${theme} ${step}`).toBeGreaterThan((distances[step - 1] ?? 1) * 1.12);
        }
      }
    },
  );
});

describe("texts", () => {
  const used = [...JSON.stringify(manifest).matchAll(/%([\w.]+)%/g)].map(([, key]) => key!);

  it("are all there, and none is left over", () => {
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(strings).toSorted());
  });
});

it("names files that exist", () => {
  const { icon, walkthroughs, viewsContainers } = { ...manifest, ...contributes };
  const media = walkthroughs.flatMap(({ steps }) =>
    steps.flatMap(({ media }) => Object.values(media)),
  );
  const schemas = [...contributes.jsonValidation, ...contributes.yamlValidation];
  const files = [...media, ...schemas.map(({ url }) => url.replace("./", ""))].filter((path) =>
    path.startsWith("media/"),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const file of [icon, viewsContainers.activitybar[0]!.icon, ...files]) {
    expect(existsSync(file), file).toBe(true);
  }
});

it("offers to adapt models to texts in trusted folders alone", () => {
  const { commandPalette, "explorer/context": explorer } = contributes.menus;
  const offers = [...commandPalette, ...explorer].filter(
    ({ command }) => command === "twinlens.adaptToTexts",
  );
  expect(offers).toHaveLength(2);
  for (const { when } of offers) expect(when).toMatch(/^isWorkspaceTrusted(?: &&|$)/);
});

it("offers models, studies and texts in the explorer wherever the workbench finds them", () => {
  // With the extension on another machine (WSL, SSH, containers) the workbench's scheme is not "file".
  for (const { command, when } of contributes.menus["explorer/context"]) {
    const [, pattern] =
      /^(?:isWorkspaceTrusted && )?\(?(?:explorerResourceIsFolder \|\| )?resource(?:Extname == \.gguf|Filename =~ \S+) && resourceScheme =~ \/(.*)\/$/.exec(
        when,
      ) ?? [];
    const shown = ["file", "vscode-remote", "vscode-vfs", "git", "output"].filter((scheme) =>
      new RegExp(pattern ?? "nothing").test(scheme),
    );
    expect(shown, command).toEqual(["file", "vscode-remote"]);
  }
});

it("asks in its conditions only for context keys that the host writes", () => {
  const keys: Record<keyof ContextKeys, true> = {
    hasPair: true,
    hasModels: true,
    isActive: true,
    hasScores: true,
    isBusy: true,
    isFetching: true,
    hasPausedDownloads: true,
  };
  const clauses = [...JSON.stringify(contributes).matchAll(/"(?:when|enablement)":"([^"]*)"/g)];
  const views = contributes.views.twinlens.map(({ id }) => id);
  const known = [...Object.keys(keys).map((key) => `twinlens.${key}`), ...views];
  for (const [, clause] of clauses) {
    for (const [key] of clause!.matchAll(/twinlens\.\w+/g)) expect(known).toContain(key);
  }
});

type Rgb = readonly [number, number, number];

/** `#rrggbb`, an alpha ignored; each 0 .. 1. */
function rgb(hex: string): Rgb {
  const channel = (at: number) => parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

/** `#rrggbbaa` over an opaque colour. */
function blend(color: string, background: string): Rgb {
  const alpha = parseInt(color.slice(7, 9), 16) / 255;
  const [over, under] = [rgb(color), rgb(background)];
  const mix = (i: 0 | 1 | 2) => over[i] * alpha + under[i] * (1 - alpha);
  return [mix(0), mix(1), mix(2)];
}

/** WCAG 2.2, contrast ratio, 1 .. 21. */
function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
