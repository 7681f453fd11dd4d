import { afterEach, expect, it, vi } from "vitest";
import type { Disposable, Webview } from "vscode";
import * as z from "zod/mini";
import { answerPage } from "../../src/host/panels/answerPage";
import { connectToHost } from "../../webview/kit/messages";

/** Words panel to host. */
const fromWords = z.object({ type: z.literal("find"), text: z.string() });
type FromWords = z.infer<typeof fromWords>;

/** Host to words panel. */
interface ToWords {
  readonly type: "show";
  readonly words: readonly string[];
}

/** The page: shows what comes, and asks for more. */
function wordsPage(list: HTMLElement): void {
  const { ask, onMessage } = connectToHost<ToWords, FromWords>();
  onMessage(({ words }) => (list.textContent = words.join(", ")));
  ask({ type: "find", text: "ferry" }).catch(({ message }: Error) => (list.textContent = message));
}

/** The host: does what the page asks for. */
function answerWords(
  webview: Webview,
  find: (text: string) => readonly string[],
  onError: (error: unknown) => void,
): Disposable {
  const act = async ({ text }: FromWords) => {
    await webview.postMessage({ type: "show", words: find(text) } satisfies ToWords);
  };
  return answerPage(webview, fromWords, act, onError);
}

/** A page and its webview in one process, under VS Code's names. */
function connected(): Webview {
  const page = new EventTarget();
  let receive: (message: unknown) => void = () => undefined;
  vi.stubGlobal("window", page);
  vi.stubGlobal("acquireVsCodeApi", () => ({
    postMessage: (message: unknown) => receive(structuredClone(message)),
  }));
  const webview = {
    onDidReceiveMessage: (listener: typeof receive) => {
      receive = listener;
      return { dispose: () => undefined };
    },
    postMessage: (message: unknown) => {
      const data: unknown = structuredClone(message);
      return Promise.resolve(page.dispatchEvent(new MessageEvent("message", { data })));
    },
  };
  return webview as never;
}

afterEach(() => vi.unstubAllGlobals());

it("carries a page's request to the host, and shows what the host sends", async () => {
  const list = { textContent: "" } as HTMLElement;
  answerWords(connected(), (text) => [`night ${text}`, `day ${text}`], vi.fn());
  wordsPage(list);
  await expect.poll(() => list.textContent).toBe("night ferry, day ferry");
});

it("tells the page what went wrong", async () => {
  const list = { textContent: "" } as HTMLElement;
  const error = new Error("No such document.");
  const find = () => {
    throw error;
  };
  const onError = vi.fn();
  answerWords(connected(), find, onError);
  wordsPage(list);
  await expect.poll(() => list.textContent).toBe("No such document.");
  expect(onError).toHaveBeenCalledExactlyOnceWith(error);
});

/** Never called: the compiler is the test, which fails where a line does compile. */
export function drifts(webview: Webview, act: (request: FromWords) => Promise<void>): void {
  const { ask, onMessage } = connectToHost<ToWords, FromWords>();
  // @ts-expect-error the page asks for something else
  void ask({ type: "found", text: "ferry" });
  // @ts-expect-error the page leaves out what to find
  void ask({ type: "find" });
  // @ts-expect-error the page reads something else
  onMessage(({ lines }) => void lines);
  // @ts-expect-error the schema is of other requests
  answerPage(webview, z.object({ type: z.literal("find") }), act, () => undefined);
}
