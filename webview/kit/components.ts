/**
 * The parts a panel is made of, in VS Code's look. Only this file names the component library, and only this room may import
 * it, so that another one can take over in one edit.
 */
import "./nonce";
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { element } from "./dom";
import { term } from "./term";

export function registerComponents(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeTextField(),
  );
}

/**
 * A push button; `quiet` ones look like text until pointed at, the `main` one is what comes next.
 * @param name begins with the label, and tells the button from others of that label
 */
export function button(
  label: string,
  press: () => void,
  look: "normal" | "quiet" | "main",
  name = label,
): HTMLElement {
  const appearance = { normal: "secondary", quiet: "icon", main: "primary" }[look];
  const made = element("vscode-button", { appearance, "aria-label": name }, label);
  made.addEventListener("click", press);
  return made;
}

/** One of a few, by its label, which may be explained; `change` gets its key. */
export function choice<Key extends string>(
  label: string,
  options: Readonly<Record<Key, string>>,
  chosen: Key,
  change: (key: Key) => void,
  explanation?: string,
): HTMLElement {
  const keys = Object.keys(options) as Key[];
  const dropdown = element(
    "vscode-dropdown",
    { "aria-label": label },
    ...keys.map((key) =>
      element(
        "vscode-option",
        { value: key, ...(key === chosen && { selected: "" }) },
        options[key],
      ),
    ),
  ) as HTMLElement & { value: string };
  dropdown.addEventListener("change", () => change(dropdown.value as Key));
  const caption =
    explanation === undefined
      ? element("span", { "aria-hidden": "true" }, label)
      : term(label, explanation);
  return element("div", { class: "choice" }, caption, dropdown);
}

/** Chooses in a {@link choice} as the user would. */
export function choose<Key extends string>(made: HTMLElement, key: Key): void {
  const dropdown = made.querySelector<HTMLElement & { value: string }>("vscode-dropdown");
  if (dropdown === null || dropdown.value === key) return;
  dropdown.value = key;
  dropdown.dispatchEvent(new Event("change"));
}

/** Words inside a text that do something. */
export function link(words: string, press: () => void): HTMLElement {
  const made = element("button", { class: "link" }, words);
  made.addEventListener("click", press);
  return made;
}

/** `search` gets the text while it is typed. */
export function searchField(label: string, search: (text: string) => void): HTMLElement {
  const field = element("vscode-text-field", {}, label) as HTMLElement & { value: string };
  field.addEventListener("input", () => search(field.value));
  return field;
}

export interface TextField {
  readonly root: HTMLElement;
  /** Empties it. @returns what stood in it */
  readonly take: () => string;
}

/** A field of one line; `enter` is called when Enter is pressed in it. */
export function textField(label: string, enter: () => void): TextField {
  const root = element("vscode-text-field", {}, label) as HTMLElement & { value: string };
  root.addEventListener("keydown", ({ key, isComposing }) => {
    // Enter may also end a character that is put together.
    if (key === "Enter" && !isComposing) enter();
  });
  return {
    root,
    take: () => {
      const { value } = root;
      root.value = "";
      return value;
    },
  };
}

export interface NumberField {
  readonly root: HTMLElement;
  /** Leaves alone what the user is about to change. */
  readonly set: (value: number) => void;
}

/** A number within bounds; `change` gets it once it is one. What is none is put back. */
export function numberField(
  label: string,
  { least, most }: { readonly least: number; readonly most: number },
  step: number,
  change: (value: number) => void,
): NumberField {
  const limits = { min: String(least), max: String(most), step: String(step) };
  const input = element("input", { type: "number", required: "", ...limits });
  let last = least;
  input.addEventListener("change", () => {
    const value = input.valueAsNumber;
    const isFit = value >= least && value <= most && (step < 1 || Number.isInteger(value));
    if (isFit && value !== last) change(value);
    else input.value = String(last);
  });
  return {
    root: element("label", { class: "number-field" }, label, input),
    set: (value) => {
      last = value;
      if (document.activeElement !== input) input.value = String(value);
    },
  };
}

/** Pages behind tabs, the first one shown. */
export function tabs(
  label: string,
  pages: readonly (readonly [title: string, page: HTMLElement])[],
): { readonly root: HTMLElement; readonly open: (title: string) => void } {
  const root = element(
    "vscode-panels",
    { "aria-label": label },
    ...pages.map(([title], i) => element("vscode-panel-tab", { id: `tab-${i}` }, title)),
    ...pages.map(([, page], i) => element("vscode-panel-view", { id: `view-${i}` }, page)),
  ) as HTMLElement & { activeid: string };
  return {
    root,
    open: (title) => {
      root.activeid = `tab-${pages.findIndex(([other]) => other === title)}`;
    },
  };
}
