import { describe, expect, it } from "vitest";
import { decodeFile, faultText, FileDecoder } from "../../src/jobs/files/fileDecoder";

const utf16 = (text: string, mark: readonly number[]) => {
  const bytes = Buffer.from(text, "utf16le");
  return Buffer.concat([Buffer.from(mark), mark[0] === 0xfe ? bytes.swap16() : bytes]);
};

/** Decoded byte by byte, so that every character of several bytes is cut. */
function byBytes(bytes: Uint8Array, encoding: string | null = null) {
  const decoder = new FileDecoder(encoding);
  let text = "";
  for (const byte of bytes) text += decoder.decode(Uint8Array.of(byte));
  text += decoder.end();
  return { text, fault: decoder.fault };
}

describe.each([
  ["at once", decodeFile],
  ["byte by byte", byBytes],
])("a file that is decoded %s", (_, decode) => {
  it.each(["", "a", "ab", "é", "aé你🎉\n\ufffd"])("may be UTF-8: %j", (text) => {
    expect(decode(Buffer.from(text))).toEqual({ text, fault: null });
    expect(decode(Buffer.from(`\ufeff${text}`))).toEqual({ text, fault: null });
  });

  it.each(["", "a", "aé你🎉\n"])("may be UTF-16 with a byte order mark: %j", (text) => {
    expect(decode(utf16(text, [0xff, 0xfe]))).toEqual({ text, fault: null });
    expect(decode(utf16(text, [0xfe, 0xff]))).toEqual({ text, fault: null });
  });

  it("may have another encoding, which is named", () => {
    const bytes = Buffer.from("caf\u00e9\n\u00fcber", "latin1");
    expect(decode(bytes, "latin1")).toEqual({ text: "caf\u00e9\n\u00fcber", fault: null });
    expect(decode(bytes)).toEqual({
      text: "caf\ufffd\n\ufffdber",
      fault: { encoding: "utf-8", line: 1, what: "unknown bytes" },
    });
  });

  it("has the first line with bytes that mean nothing", () => {
    const bytes = Buffer.concat([Buffer.from("é\n\ny "), Buffer.of(0xff), Buffer.from("\n\xff")]);
    expect(decode(bytes).fault).toEqual({ encoding: "utf-8", line: 3, what: "unknown bytes" });
    expect(decode(Buffer.of(0x0a, 0x61, 0xe4)).fault).toEqual({
      encoding: "utf-8",
      line: 2,
      what: "unknown bytes",
    });
    expect(decode(Buffer.of(0xff, 0xfe, 0x00, 0xd8)).fault?.encoding).toBe("utf-16le");
  });
});

it("a file with NUL characters is hardly what it is taken for", () => {
  const bytes = Buffer.from("a\nb", "utf16le");
  expect(decodeFile(bytes).fault).toEqual({ encoding: "utf-8", line: 1, what: "NUL" });
  expect(faultText("a.txt", decodeFile(bytes).fault!)).toContain("utf-16le");
  expect(decodeFile(bytes, "utf-16le")).toEqual({ text: "a\nb", fault: null });
});

it("a fault is told with its place", () => {
  const told = faultText("a.txt", { encoding: "utf-8", line: 1200, what: "unknown bytes" });
  expect(told).toContain("a.txt is not valid UTF-8: line 1,200 has bytes");
});

it("an encoding that nobody knows is refused", () => {
  expect(() => new FileDecoder("klingon")).toThrow(RangeError);
});
