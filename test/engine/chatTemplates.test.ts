import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { renderTemplate } from "../../src/engine/child/chat/template";
import reference from "../fixtures/chatPrompts.json";

/** What `chatReference.py` has as its clock. */
const CLOCK = new Date(2026, 0, 5, 13, 4, 9);

const folder = mkdtempSync(join(tmpdir(), "twinlens-templates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** llama.cpp's templates come with its sources, as a git bundle. */
const bundle = resolve("node_modules/node-llama-cpp/llama/gitRelease.bundle");
const sources = join(folder, "llama.cpp");
execFileSync("git", ["clone", "--quiet", "--bare", bundle, sources]);
const archive = execFileSync("git", ["-C", sources, "archive", "HEAD", "models/templates"]);
execFileSync("tar", ["-x", "-C", folder], { input: archive });

const files = [join(folder, "models/templates"), "test/fixtures/templates"]
  .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
  .filter((path) => path.endsWith(".jinja"));
const nameOf = (path: string) => basename(path, ".jinja");

type Outcome = string | { readonly refused: string };
const prompts = reference.prompts as unknown as Record<string, Record<string, Outcome>>;
const messages = reference.messages as Record<string, readonly unknown[]>;

function outcome(template: string, set: string): Outcome {
  const variables = {
    messages: messages[set],
    add_generation_prompt: true,
    bos_token: "<s>",
    eos_token: "</s>",
    unk_token: "<unk>",
    pad_token: "",
    tools: null,
    documents: null,
  };
  try {
    const prompt = renderTemplate(template, variables, CLOCK);
    return createHash("sha256").update(prompt).digest("hex");
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

it("covers llama.cpp's 70 templates and our own", () => {
  expect(files.map(nameOf).toSorted()).toEqual(Object.keys(prompts).toSorted());
  expect(files).toHaveLength(70 + 6);
});

it.each(files.map((path) => [nameOf(path), path]))(
  "%s gives the reference's prompts byte for byte, or is refused in its words",
  (name, path) => {
    const template = readFileSync(path, "utf8");
    const sets = Object.keys(messages);
    const rendered = Object.fromEntries(sets.map((set) => [set, outcome(template, set)]));
    expect(rendered).toEqual(prompts[name]);
  },
);
