import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { DownloadError } from "./downloadError";
import type { DigestThread } from "./fileDigests";
import type { Timing } from "./timing";

/** What transfers are done with. */
export interface Means {
  readonly agent: Dispatcher;
  readonly digests: DigestThread;
  readonly timing: Timing;
  readonly signal: AbortSignal;
}

/**
 * What opens connections, through the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 * @throws DownloadError where those are no addresses
 */
export function createAgent({ stallMs }: Timing): Dispatcher {
  try {
    return new EnvHttpProxyAgent({
      connect: { timeout: stallMs },
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
    });
  } catch {
    throw new DownloadError(
      "proxy",
      "HTTPS_PROXY or HTTP_PROXY is no address of a proxy: it has to look like http://proxy.example:3128.",
    );
  }
}
