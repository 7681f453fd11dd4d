import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { WantedFile } from "../../src/jobs/models/transfer/transfer";
import { PATH, NAME, TOKEN, sha256, CONTENT, SHA256, useDownloads } from "../support/downloads";
import type { HubFaults } from "../support/hub";

const downloads = useDownloads();

describe("a file of a hub", () => {
  it("is asked for without following the redirect", async () => {
    expect(await downloads.downloader.ask(downloads.wanted().url, null)).toEqual({
      bytes: CONTENT.length,
      sha256: SHA256,
    });
    expect((await downloads.hub.requests()).map(({ at, status }) => [at, status])).toEqual([
      ["hub", 302],
    ]);
  });

  it("comes with the hub's digest, which its headers name", async () => {
    const path = join(downloads.folder, NAME);
    const facts = { path, bytes: CONTENT.length, sha256: SHA256 };
    expect(await downloads.fetchIt()).toEqual({ ...facts, verifiedBy: "hub" });
    downloads.expectWhole();
    expect(downloads.told.at(-1)).toMatchObject({ state: "verifying", bytes: CONTENT.length });
  });

  it("is held against the digest that the catalogue or the user names", async () => {
    const digest = { algorithm: "sha256", hex: SHA256, by: "catalogue" } as const;
    expect(await downloads.fetchIt({ digest })).toMatchObject({ verifiedBy: "catalogue" });
    rmSync(join(downloads.folder, NAME));
    const hex = createHash("sha512").update(CONTENT).digest("hex");
    expect(
      await downloads.fetchIt({ digest: { algorithm: "sha512", hex, by: "user" } }),
    ).toMatchObject({
      verifiedBy: "user",
      sha256: SHA256,
    });
    downloads.expectWhole();
  });

  it("is not verified where nobody names a digest, and its digest is known", async () => {
    await downloads.hub.setFaults(PATH, { noDigest: true, noLength: true, noEtag: true });
    expect(await downloads.downloader.ask(downloads.wanted().url, null)).toMatchObject({
      sha256: null,
    });
    expect(await downloads.fetchIt()).toMatchObject({ verifiedBy: null, sha256: SHA256 });
    downloads.expectWhole();
  });

  it("of a known size takes no more, though its server announces none", async () => {
    await downloads.hub.setFaults(PATH, { noDigest: true, noLength: true, noEtag: true });
    const fetching = downloads.fetchIt({ bytes: CONTENT.length - 100_000 });
    await expect(fetching).rejects.toThrow("sent more bytes than");
    expect(existsSync(join(downloads.folder, NAME))).toBe(false);
    expect(await downloads.fetchIt({ bytes: CONTENT.length })).toMatchObject({ sha256: SHA256 });
    downloads.expectWhole();
  });

  it("that is there already is used as it is, or left alone", async () => {
    await downloads.fetchIt();
    await downloads.hub.forget();
    const digest = { algorithm: "sha256", hex: SHA256, by: "user" } as const;
    expect(await downloads.fetchIt({ digest })).toMatchObject({ verifiedBy: "user" });
    expect(await downloads.hub.requests()).toEqual([]);
    expect(await downloads.fetchIt()).toMatchObject({ verifiedBy: "hub" });
    writeFileSync(join(downloads.folder, NAME), "mine");
    await expect(downloads.fetchIt({ digest })).rejects.toThrow(
      /is there already.*Nothing was overwritten/,
    );
    await downloads.hub.setFaults(PATH, { noDigest: true });
    await expect(downloads.fetchIt()).rejects.toThrow(
      /is there already, and nobody names a sha256/,
    );
    expect(readFileSync(join(downloads.folder, NAME), "utf8")).toBe("mine");
  });

  it("comes beside others at the same time", async () => {
    const names = ["a.gguf", "b.gguf", "c.gguf"];
    await downloads.hub.setFaults(PATH, { bytesPerSecond: 4e6 });
    await Promise.all(names.map((fileName) => downloads.fetchIt({ fileName })));
    expect(readdirSync(downloads.folder)).toEqual(names);
    for (const name of names)
      expect(sha256(readFileSync(join(downloads.folder, name)))).toBe(SHA256);
  });
});

describe("what goes wrong with a connection", () => {
  it.each<[string, HubFaults, RegExp]>([
    [
      "dropped ten times",
      { drop: { after: 140_000, times: 10 } },
      /connection to .* was lost; next/,
    ],
    ["dropped before any byte", { drop: { after: 0, times: 3 } }, /was lost; next attempt in 1 s/],
    ["silent", { stall: { after: 500_000, times: 2 } }, /went silent; next attempt/],
    ["dropped, and ranges ignored", { drop: { after: 9e5, times: 2 }, noRanges: true }, /was lost/],
    ["dropped, and no length", { drop: { after: 9e5, times: 2 }, noLength: true }, /was lost/],
    ["busy (503)", { status: { code: 503, times: 3, retryAfter: "0" } }, /not working \(503\)/],
    ["too many (429)", { status: { code: 429, times: 1, retryAfter: "1" } }, /too many.* in 1 s/],
    [
      "expired at once",
      { status: { code: 403, times: 2, at: "storage" } },
      /did not give it \(403\)/,
    ],
  ])("%s: it comes all the same, and says what it waits for", async (_, faults, message) => {
    await downloads.hub.setFaults(PATH, faults);
    expect(await downloads.fetchIt()).toMatchObject({ verifiedBy: "hub" });
    downloads.expectWhole();
    expect(downloads.messages()).not.toEqual([]);
    for (const said of downloads.messages()) expect(said).toMatch(message);
  });

  it("is fetched once, whatever is dropped", async () => {
    await downloads.hub.setFaults(PATH, { drop: { after: 140_000, times: 10 } });
    await downloads.fetchIt();
    const ranges = (await downloads.hub.requests()).flatMap(({ at, headers }) =>
      at === "storage" ? (headers.range ?? "none") : [],
    );
    const begins = Array.from({ length: 10 }, (_, i) => `bytes=${140_000 * (i + 1)}-`);
    expect(ranges).toEqual(["none", ...begins]);
  });

  it.each<[string, HubFaults, RegExp]>([
    ["401", { status: { code: 401 } }, /wants a token for .* \(401\).*accept the terms/],
    ["403", { status: { code: 403 } }, /to everybody \(403\): accept the terms/],
    [
      "404",
      { status: { code: 404 } },
      /no such file \(404\).*open .*\/user\/model-GGUF\/tree\/main/,
    ],
    ["418", { status: { code: 418 } }, /answered with 418 instead of the file/],
    ["429", { status: { code: 429 } }, /too many requests from here 6 times in a row\. Try again/],
    ["429 for a day", { status: { code: 429, retryAfter: "86400" } }, /asks to wait about 24 h/],
    [
      "503",
      { status: { code: 503 } },
      /not working \(503\) 6 times in a row.*what was fetched stays/,
    ],
    ["a redirect in a circle", { redirect: "loop" }, /redirects more than 10 times/],
    ["a redirect to nowhere", { redirect: "file:///etc/passwd" }, /redirects to no address/],
    ["other bytes", { wrongBytes: true }, /its sha256 is [0-9a-f]{64}, not [0-9a-f]{64}.*deleted/],
    ["packed bytes", { encoding: "gzip" }, /sends the file packed \(gzip\)/],
    [
      "always dropped",
      { drop: { after: 0 } },
      /was lost 6 times in a row\. .*what was fetched stays/,
    ],
  ])("%s: says what to do, and nothing has the name", async (_, faults, message) => {
    await downloads.hub.setFaults(PATH, faults);
    const failure = (await downloads.fetchIt().catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/Signature|\?|script|\p{Cc}/u);
    expect(failure.name).toBe("DownloadError");
    expect(existsSync(join(downloads.folder, NAME))).toBe(false);
    await downloads.hub.setFaults(PATH, {});
    await downloads.fetchIt();
    downloads.expectWhole();
  });

  it.each<[string, Partial<WantedFile>, RegExp]>([
    ["no address", { url: "model.gguf" }, /begin with https/],
    ["a password in it", { url: "https://me:secret@127.0.0.1/x" }, /a name or a password/],
    ["nobody there", { url: "http://127.0.0.1:9/x.gguf" }, /127.0.0.1:9 refused the connection/],
    ["no web server's name", { url: "http://twinlens.invalid/x" }, /twinlens.invalid/],
    ["a token with blanks", { token: "a b" }, /blanks or characters/],
    ["a path for a name", { fileName: "../x" }, /no name that a file can have/],
  ])("%s: says so at once", async (_, changes, message) => {
    await expect(downloads.fetchIt(changes)).rejects.toThrow(message);
    expect(downloads.messages()).toEqual([]);
  });

  it("not encrypted, though its address says https: says so at once", async () => {
    const url = downloads.wanted().url.replace("http:", "https:");
    await expect(downloads.fetchIt({ url })).rejects.toThrow(/does not speak https/);
  });
});

describe("a token", () => {
  const gated = { accepted: [TOKEN], known: ["hf_other"] };
  beforeEach(() => downloads.hub.put({ path: PATH, content: CONTENT, gated }));

  it("goes to the hub and to nobody else, and into no file", async () => {
    await downloads.hub.setFaults(PATH, { drop: { after: 900_000, times: 1 } });
    await downloads.fetchIt({ token: TOKEN });
    const requests = await downloads.hub.requests();
    const tokens = (at: string) =>
      requests.flatMap(({ at: by, headers }) => (by === at ? [headers.authorization] : []));
    expect(tokens("hub")).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    expect(tokens("storage")).toEqual([undefined, undefined]);
    downloads.expectWhole();
    rmSync(join(downloads.folder, NAME));
    await downloads.fetchSome(200_000, {}, { token: TOKEN });
    const record = readFileSync(join(downloads.folder, `${NAME}.part.json`), "utf8");
    expect(record).not.toMatch(new RegExp(`${TOKEN}|Signature`));
  });

  it.each([
    ["none", null, /wants a token.*\(401\).*accept the terms on the model's page/],
    ["a wrong one", "hf_wrong", /does not accept the token.*\(401\)/],
    ["of one who has not accepted the terms", "hf_other", /may not read .* yet \(403\).*accept/],
  ])("%s: says what to do", async (_, token, message) => {
    const failure = (await downloads.fetchIt({ token }).catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain(token ?? "hf_");
    expect(readdirSync(downloads.folder)).toEqual([]);
  });
});
