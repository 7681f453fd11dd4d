import { element } from "./dom";

interface Page {
  readonly root: HTMLElement;
  readonly warn: (text: string) => void;
}

export interface PageOnScreen<P extends Page> {
  /** null: nothing has been shown yet. */
  readonly page: () => P | null;
  /** Makes the page with the first call. */
  readonly show: () => P;
  /** Does what the page asks for; what goes wrong is said there, and takes the place of what went wrong before. */
  readonly ask: (work: Promise<void>) => void;
  /** What is on the page stays. */
  readonly fail: (text: string) => void;
}

/** The page of a panel that is made when there is something to show; until then `waiting` or a failure stands in its place. */
export function pageOnScreen<P extends Page>(make: () => P, waiting: string): PageOnScreen<P> {
  let page: P | null = null;
  const showState = (role: "status" | "alert", text: string) => {
    const kind = role === "alert" ? "state error" : "state";
    document.body.replaceChildren(element("main", {}, element("div", { class: kind, role }, text)));
  };
  const fail = (text: string) => {
    if (page) page.warn(text);
    else showState("alert", text);
  };
  showState("status", waiting);
  return {
    page: () => page,
    show: () => {
      if (page === null) {
        page = make();
        document.body.replaceChildren(page.root);
      }
      return page;
    },
    ask: (work) => {
      page?.warn("");
      work.catch(({ message }: Error) => fail(message));
    },
    fail,
  };
}
