import { describe, expect, it } from "vitest";
import { parseAddress, shownAddress } from "../../src/jobs/models/transfer/address";
import { contentRange, linkedFile, strongEtag } from "../../src/jobs/models/transfer/answerFacts";
import { ProgressTeller } from "../../src/jobs/models/transfer/progress";
import { pauseAfter, retryAfter } from "../../src/jobs/models/transfer/timing";
import type { TransferProgress } from "../../src/jobs/models/transfer/transfer";

const SHA256 = "72c5c3cb38fa32d5256e2fe30d03e7a64c6c79e668ad84057e3bd66e250b24fb";

describe("what a hub's headers say of a file", () => {
  it("is its digest, with and without quotes, and its size", () => {
    const size = { "x-linked-size": "1282439584" };
    const facts = { sha256: SHA256, bytes: 1282439584 };
    expect(linkedFile({ "x-linked-etag": `"${SHA256}"`, ...size })).toEqual(facts);
    expect(linkedFile({ "x-linked-etag": SHA256.toUpperCase(), ...size })).toEqual(facts);
    expect(linkedFile({ "x-linked-etag": `W/"${SHA256}"`, ...size })).toEqual(facts);
  });

  it.each(["", '"7b2e21e16d8803ced5e632e2f654200194bd21fc"', `${SHA256}0`, "<b>"])(
    "is no digest where it has not the form of one: %s",
    (etag) =>
      expect(linkedFile({ "x-linked-etag": etag, "x-linked-size": "-1" })).toEqual({
        sha256: null,
        bytes: null,
      }),
  );

  it("is a strong etag or none", () => {
    expect(strongEtag({ etag: '"a-1"' })).toBe('"a-1"');
    for (const etag of ['W/"a-1"', "a-1", '"a"b"', `"${"x".repeat(300)}"`, '"a\r\nb"'])
      expect(strongEtag({ etag })).toBe(null);
  });

  it("is a range, of which each part may be unknown", () => {
    const rangeOf = (range: string) => contentRange({ "content-range": range });
    expect(rangeOf("bytes 5-9/10")).toEqual({ start: 5, total: 10 });
    expect(rangeOf("bytes 5-9/*")).toEqual({ start: 5, total: null });
    expect(rangeOf("bytes */10")).toEqual({ start: null, total: 10 });
    for (const range of ["", "lines 1-2/3", "bytes 5-9", "bytes -9/10"])
      expect(rangeOf(range)).toBe(null);
    expect(rangeOf("bytes 99999999999999999-9/10")).toEqual({ start: null, total: 10 });
  });
});

describe("waiting", () => {
  it("is as long as a server asks, in seconds or until a date", () => {
    const now = Date.parse("2024-05-01T12:00:00Z");
    expect(retryAfter("120", now)).toBe(120);
    expect(retryAfter(" 0 ", now)).toBe(0);
    expect(retryAfter("Wed, 01 May 2024 12:01:30 GMT", now)).toBe(90);
    expect(retryAfter("Wed, 01 May 2024 11:00:00 GMT", now)).toBe(0);
    for (const header of [null, "", "-1", "soon", "1e9", "Never, ever"])
      expect(retryAfter(header, now)).toBe(null);
  });

  it("doubles, up to half a minute", () => {
    expect([1, 2, 3, 6, 20].map((failures) => pauseAfter(failures, 1000))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ]);
  });
});

describe("an address in a message", () => {
  it("shows nothing that may be secret, and nothing that moves", () => {
    const url = "https://cdn.example/xet/model.gguf?Signature=abc&Policy=def#x";
    expect(shownAddress(parseAddress(url))).toBe("https://cdn.example/xet/model.gguf");
    expect(shownAddress(new URL("https://me:secret@cdn.example/a"))).toBe("https://cdn.example/a");
    expect(shownAddress(new URL(`https://cdn.example/${"a".repeat(500)}`))).toHaveLength(301);
    for (const text of ["ftp://a/b", "file:///etc/passwd", "hf:a/b/c", "\u202e\u001b[31m"])
      expect(() => parseAddress(text)).toThrow(/has to begin with https:\/\//);
  });
});

describe("progress", () => {
  it("is told four times a second, with the speed of the last seconds", () => {
    const told: TransferProgress[] = [];
    let time = 0;
    const teller = new ProgressTeller(
      (now) => told.push(now),
      () => time,
    );
    // 100 bytes a millisecond, ten times slower after 10 s; told every 10 ms.
    for (let bytes = 0; time < 20_000; time += 10) {
      teller.fetching(bytes, 2_000_000);
      bytes += time < 10_000 ? 1000 : 100;
    }
    expect(told).toHaveLength(80);
    expect(told[0]).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
    expect(told[20]).toMatchObject({ state: "fetching", bytes: 500_000, bytesPerSecond: 100_000 });
    expect(told[20]!.secondsLeft).toBeCloseTo(15);
    expect(told.at(-1)!.bytesPerSecond).toBeCloseTo(10_000);
  });

  it("of another state is told at once, and begins its speed anew", () => {
    const told: TransferProgress[] = [];
    const teller = new ProgressTeller(
      (now) => told.push(now),
      () => 0,
    );
    teller.fetching(1, null);
    teller.fetching(2, null);
    teller.waiting(2, null, "The connection was lost; next attempt in 1 s.");
    teller.fetching(3, null);
    teller.verifying(3, 3);
    expect(told.map(({ state, bytes }) => [state, bytes])).toEqual([
      ["fetching", 1],
      ["waiting", 2],
      ["fetching", 3],
      ["verifying", 3],
    ]);
  });
});
