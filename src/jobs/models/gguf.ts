import { open } from "node:fs/promises";

/** Whether a file begins as GGUF files do. @throws the file system's error */
export async function isGguf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString("latin1") === "GGUF";
  } finally {
    await file.close();
  }
}

/** As {@link isGguf}; false where the file can't be read. */
export function hasGgufMagic(path: string): Promise<boolean> {
  return isGguf(path).catch(() => false);
}
