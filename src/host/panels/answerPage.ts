import type { Disposable, Webview } from "vscode";
import * as z from "zod/mini";
import type { PanelAnswer } from "../../protocol/panels";

/**
 * Does what a page asks for, and tells it so or what went wrong.
 * @param onError told of what went wrong as well
 */
export function answerPage<Request>(
  webview: Webview,
  schema: z.ZodMiniType<Request>,
  act: (request: Request) => Promise<void>,
  onError: (error: unknown) => void,
): Disposable {
  const numbered = z.object({ number: z.int(), request: z.unknown() });
  const receive = async (message: unknown): Promise<void> => {
    const { number, request } = numbered.parse(message);
    const answer = (error: string | null) => {
      const said: PanelAnswer = { type: "answer", number, error };
      // A page that was closed meanwhile wants no answer.
      return webview.postMessage(said).then(undefined, () => undefined);
    };
    try {
      await act(schema.parse(request));
    } catch (error) {
      await answer(error instanceof Error ? error.message : String(error));
      throw error;
    }
    await answer(null);
  };
  return webview.onDidReceiveMessage((message: unknown) => void receive(message).catch(onError));
}
