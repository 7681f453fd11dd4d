import { DownloadError, Interruption } from "./downloadError";

const LATER = "Look whether the network is there, and try again: what was fetched stays.";
const PROXY =
  "If this machine reaches the Internet through a proxy, HTTPS_PROXY has to name it before the program starts.";

/** What an error of the connection means. */
export function networkFault(error: unknown, url: URL): DownloadError | Interruption {
  const { host } = url;
  const code = codeOf(error);
  const tunnel = /Proxy response \((\d{3})\)/u.exec(String(error))?.[1];
  if (tunnel !== undefined)
    return new DownloadError(
      "proxy",
      `The proxy refused a connection to ${host} (${tunnel}): look at HTTPS_PROXY, with the name and password that it wants, or name ${url.hostname} in NO_PROXY.`,
    );
  if (code.startsWith("ERR_SSL"))
    return new DownloadError(
      "certificate",
      `${host} does not speak https as it should (${code}): look at the address. ${PROXY}`,
    );
  if (CERTIFICATE.test(code))
    return new DownloadError(
      "certificate",
      `${host} could not prove who it is (${code}). If a proxy of your organisation stands between, NODE_EXTRA_CA_CERTS has to name its certificate before the program starts; otherwise use another source.`,
    );
  switch (code) {
    case "ENOTFOUND":
      return new Interruption(
        "network",
        `No machine called ${url.hostname} was found`,
        `Look at the address, and whether the network is there. ${PROXY}`,
        { isUnreachable: true },
      );
    case "ECONNREFUSED":
      return new Interruption(
        "network",
        `${host} refused the connection`,
        `Look at the address, or try again later. ${PROXY}`,
        { isUnreachable: true },
      );
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return new Interruption("network", `${host} could not be reached`, `${LATER} ${PROXY}`);
    case "EAI_AGAIN":
      return new Interruption(
        "network",
        `The name ${url.hostname} could not be looked up`,
        `${LATER} ${PROXY}`,
      );
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return new Interruption("network", `${host} went silent`, LATER);
    default:
      return code.startsWith("HPE_")
        ? new Interruption("server", `${host} did not answer as a web server does`, PROXY)
        : new Interruption("network", `The connection to ${host} was lost`, LATER);
  }
}

const CERTIFICATE =
  /CERT|^(?:UNABLE_TO_(?:GET|VERIFY)|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|HOSTNAME_MISMATCH)/u;

/** Of the error, or of what has caused it; empty: it has none. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string" && error.code !== "UND_ERR_SOCKET")
    return error.code;
  return codeOf(error.cause);
}

/** What a connection is called that has ended too early. */
export function endedEarly(url: URL): Interruption {
  return new Interruption("network", `The connection to ${url.host} was lost`, LATER);
}
