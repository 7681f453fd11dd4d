import { element } from "./dom";

/**
 * Puts a box that may be wider than its place into a frame that shows on which sides there is more. Where there is, the box
 * is a region of that name and a stop of the Tab key, so that arrow keys scroll it.
 */
export function sideScroll(box: HTMLElement, name: string): HTMLElement {
  const frame = element("div", { class: "side-scroll" }, box);
  box.classList.add("scrolled");
  const update = () => {
    const { scrollLeft, scrollWidth, clientWidth } = box;
    const beyond = scrollWidth - clientWidth;
    // Widths are rounded.
    frame.classList.toggle("more-left", scrollLeft > 1);
    frame.classList.toggle("more-right", scrollLeft < beyond - 1);
    const isWide = beyond > 1;
    for (const [key, value] of Object.entries({
      tabindex: "0",
      role: "region",
      "aria-label": name,
    })) {
      if (isWide) box.setAttribute(key, value);
      else box.removeAttribute(key);
    }
  };
  box.addEventListener("scroll", update);
  new ResizeObserver(update).observe(box);
  // What is in the box may become wider or narrower while the box does not.
  new MutationObserver(update).observe(box, { childList: true });
  return frame;
}
