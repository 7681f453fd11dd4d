import type { CodeLens, Hover, InlayHint, MarkupContent } from "vscode-languageserver/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigurationNotice } from "../../src/protocol/configuration";
import { DocumentNotice, DocumentRequest } from "../../src/protocol/documents";
import type { Summary } from "../../src/protocol/summary";
import { testPair } from "../support/models";
import { type Cell, configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const URI = "file:///work/story.md";
const TEXT =
  "# The wolf\n\nThe fox went to the forest.\nThe bird asked.\n\n# The tree\n\nThe tree answered: 你好 😀 and then it slept.\n";

const sum = (cells: readonly Cell[]) => cells.reduce((total, { value }) => total + value, 0);

describe("a highlighted document", () => {
  let client: ServerClient;
  let summary: Summary;

  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(testPair()));
    client.open(URI, TEXT, "markdown");
    summary = await client.request(DocumentRequest.highlight, wholeOf(URI));
  });
  afterAll(() => client.stop());

  it("is the only one whose text the server asks for", () => {
    client.open("file:///work/other.md", "secret");
    expect(client.isSynchronised(URI)).toBe(true);
    expect(client.isSynchronised("file:///work/other.md")).toBe(false);
  });

  it("is scored to its end under both models", () => {
    expect(summary.complete).toBe(true);
    expect(summary.sameTokenizer).toBe(true);
    expect(summary.base!.scoredTokens).toBe(summary.base!.tokens);
    expect(summary.rlhf!.scoredTokens).toBe(summary.base!.scoredTokens);
  });

  it("has cells that add up to the summary's bits, in every view", async () => {
    const base = await client.cells(URI, "base");
    const rlhf = await client.cells(URI, "rlhf");
    const difference = await client.cells(URI, "difference");
    expect(base.stale).toEqual([]);
    expect(sum(base.cells)).toBeCloseTo(summary.base!.bits, 2);
    expect(sum(rlhf.cells)).toBeCloseTo(summary.rlhf!.bits, 2);
    expect(sum(difference.cells)).toBeCloseTo(summary.rlhf!.bits - summary.base!.bits, 2);
    const ranks = await Promise.all([client.cells(URI, "rank"), client.cells(URI, "baseRank")]);
    const [rank, baseRank] = ranks.map(({ cells }) => cells.map(({ value }) => value));
    expect(rank!.every((value) => value >= 1 && Number.isInteger(value))).toBe(true);
    expect(baseRank).toHaveLength(rank!.length);
    expect(baseRank).not.toEqual(rank);
  });

  it("gives a part of it the same cells as the whole", async () => {
    for (const view of ["base", "difference", "rank"] as const) {
      const { cells } = await client.cells(URI, view);
      const range: [number, number] = [20, 61];
      const part = await client.cells(URI, view, range);
      expect(part.cells).toEqual(
        cells.filter(({ start, end }) => start < range[1] && end > range[0]),
      );
    }
  });

  it("covers the whole text without gaps", async () => {
    const { cells } = await client.cells(URI, "difference");
    const ends = cells.map(({ end }) => end);
    expect(cells.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(TEXT.length);
  });

  it("shows the numbers of a token's cell in details and hover", async () => {
    const offset = TEXT.indexOf("forest");
    const details = (await client.request(DocumentRequest.details, { uri: URI, offset }))!;
    const { cells } = await client.cells(URI, "base", [offset, offset + 1]);
    const [base] = details.tokens;
    expect(details.stale).toBe(false);
    expect(base!.range).toEqual({ start: cells[0]!.start, endExclusive: cells[0]!.end });
    const bits = -base!.score!.logProbability / Math.LN2;
    expect(bits).toBeCloseTo(cells[0]!.value, 4);

    const hover = await client.ask<Hover>("textDocument/hover", {
      textDocument: { uri: URI },
      position: { line: 2, character: offset - TEXT.indexOf("The fox") },
    });
    const { value } = hover.contents as MarkupContent;
    expect(value).toContain(`${bits.toFixed(2)} bits`);
    expect(value).toContain("command:twinlens.insertAlternative?");
  });

  it("lists every token of a character that several share, and adds their bits up", async () => {
    const offset = TEXT.indexOf("好");
    const details = (await client.request(DocumentRequest.details, { uri: URI, offset }))!;
    const base = details.tokens.filter(({ role }) => role === "base");
    expect(base.length).toBeGreaterThan(1);
    const bits = base.reduce((total, { score }) => total - score!.logProbability / Math.LN2, 0);
    const { cells } = await client.cells(URI, "base", [offset, offset + 1]);
    expect(cells).toHaveLength(1);
    expect(cells[0]!.value).toBeCloseTo(bits, 3);
    const [, second] = base;
    expect(second!.score!.distribution!.alternatives.some(({ insertable }) => insertable)).toBe(
      false,
    );
  });

  it("offers an alternative's text only while the document is as it was", async () => {
    const offset = TEXT.indexOf("forest");
    const details = await client.request(DocumentRequest.details, { uri: URI, offset });
    const { version, tokens } = details!;
    const [token] = tokens;
    const alternative = token!.score!.distribution!.alternatives.findIndex(
      ({ insertable }) => insertable,
    );
    const params = { uri: URI, version, role: token!.role, token: token!.token, alternative };
    const found = await client.request(DocumentRequest.alternative, params);
    expect(found!.range).toEqual(token!.range);
    expect(found!.text.length).toBeGreaterThan(0);
    const late = await client.request(DocumentRequest.alternative, {
      ...params,
      version: version - 1,
    });
    expect(late).toBeNull();
  });

  it("has lenses with the summary's perplexities, for itself and each heading", async () => {
    const lenses = await client.ask<CodeLens[]>("textDocument/codeLens", {
      textDocument: { uri: URI },
    });
    expect(lenses.map(({ range }) => range.start.line)).toEqual([0, 0, 5]);
    const [whole, ...sections] = lenses.map(({ command }) => command!.title);
    const { base, rlhf, increasePercent } = summary;
    // As in the status bar: no decimals from 100 on.
    const written = (value: number) => {
      const digits = value < 100 ? 1 : 0;
      const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      return value.toLocaleString("en-US", format);
    };
    const sign = increasePercent! < 0 ? "−" : "+";
    expect(whole).toBe(
      `Whole document · perplexity base ${written(base!.perplexity)} · RLHF ${written(rlhf!.perplexity)} ` +
        `(${sign}${Math.abs(increasePercent!).toFixed(0)} %)`,
    );
    expect(sections.map((title) => title.split(" · ")[0])).toEqual([
      "Section “The wolf”",
      "Section “The tree”",
    ]);
  });

  describe("hints", () => {
    const hints = () =>
      client.ask<InlayHint[]>("textDocument/inlayHint", {
        textDocument: { uri: URI },
        range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
      });
    const lines = async () => (await hints()).map(({ position }) => position.line);
    const moveTo = (line: number) => {
      const start = TEXT.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
      const selection = { start, endExclusive: start };
      return client.notify(DocumentNotice.selection, { uri: URI, selection });
    };

    it("stand at the cursor's line, and nowhere before it is known", async () => {
      expect(await lines()).toEqual([]);
      await moveTo(2);
      expect(await lines()).toEqual([2]);
      await moveTo(7);
      expect(await lines()).toEqual([7]);
    });

    it("leave blank lines blank", async () => {
      await moveTo(1);
      expect(await lines()).toEqual([]);
    });

    it("add up to the summary's bits, blank lines' aside, where every line has one", async () => {
      await client.notify(
        ConfigurationNotice.changed,
        configurationOf(testPair(), { inlayHints: "all" }),
      );
      expect(await lines()).toEqual([0, 2, 3, 5, 7]);
      const base = (await hints()).map(({ label }) =>
        Number(/^base\u00a0([\d,]+)\u00a0·\u00a0RLHF/u.exec(label as string)![1]!.replace(",", "")),
      );
      const total = base.reduce((a, b) => a + b, 0);
      const cells = await client.cells(URI, "base");
      const blank = cells.cells.filter(
        ({ start }) => ["\n", undefined].includes(TEXT[start - 1]) && TEXT[start] === "\n",
      );
      expect(Math.abs(total + sum(blank) - summary.base!.bits)).toBeLessThan(
        0.5 * base.length + 0.01,
      );
      await client.notify(ConfigurationNotice.changed, configurationOf(testPair()));
    });
  });

  it("exports the summary's numbers and the models' digests", async () => {
    const json = JSON.parse(
      await client.request(DocumentRequest.export, { uri: URI, format: "json" }),
    ) as {
      models: { base: { sha256: string } };
      files: { base: { perplexity: number } }[];
    };
    expect(json.models.base.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(json.files[0]!.base.perplexity).toBeCloseTo(summary.base!.perplexity, 6);
    const csv = await client.request(DocumentRequest.export, { uri: URI, format: "csv" });
    expect(csv.split("\n").length).toBeGreaterThan(summary.base!.tokens);
  });

  it("is a report with the summary's numbers", async () => {
    const report = await client.request(DocumentRequest.report, { uri: URI });
    expect({ ...report.summary, measured: report.measured }).toEqual(summary);
  });

  it("can be cleared", async () => {
    const uri = "untitled:Untitled-1";
    client.open(uri, "The fox.");
    await client.request(DocumentRequest.highlight, wholeOf(uri));
    await client.request(DocumentRequest.clear, { uri });
    await expect(client.request(DocumentRequest.summary, { uri, range: null })).rejects.toThrow(
      "not highlighted",
    );
    const lenses = await client.ask("textDocument/codeLens", { textDocument: { uri } });
    expect(lenses).toEqual([]);
  });
});
