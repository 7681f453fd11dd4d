/**
 * Imported before the component library, which tries out a style element while it is loaded and looks here for the
 * nonce that the page's policy asks of it.
 */
import { element } from "./dom";

const nonce = document.currentScript?.nonce ?? "";
document.head.append(element("meta", { property: "csp-nonce", content: nonce }));
