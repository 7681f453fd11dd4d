import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick, runCommand } from "../support/workbench";
import { webview } from "../support/workbenchParts";
import { isWritten } from "../support/workbenchStorage";
import { story } from "./documents";

// The pair that comes with Twinlens.
const workbench = useWorkbench(() => ({ folder: folderWith({ "story.md": story }) }));

const panel = () => webview(workbench().page);
const press = (key: string) => workbench().page.keyboard.press(key);
const said = () => panel().locator(".said").innerText();
const place = () => panel().locator(".place").innerText();
const hasFocus = (name: string) =>
  expect
    .poll(() =>
      panel()
        .locator("body")
        .evaluate(() => document.activeElement?.textContent),
    )
    .toBe(name);
const before = () =>
  panel()
    .locator(".passage span")
    .first()
    .evaluate((text) => text.textContent);
const score = async () =>
  (await panel().locator(".score tbody tr").allInnerTexts()).map((row) => row.split(/\s+/u)[0]);

/** The word that is hidden, which the page does not know. */
async function hiddenWord(): Promise<string> {
  const text = await before();
  expect(story.startsWith(text)).toBe(true);
  const [word] = /^[\p{L}\p{M}\p{N}'’-]+/u.exec(story.slice(text.length))!;
  expect(await panel().locator(".passage").innerText()).toBe(`${text}?`);
  return word;
}

async function guess(word: string): Promise<void> {
  await hasFocus("Your guess");
  await workbench().page.keyboard.type(word);
  await press("Enter");
}

test("a word of the document in front is guessed, wrong and right, with the keyboard alone", async () => {
  await openFile(workbench(), "story.md");
  await runCommand(workbench(), "Twinlens: Guess the Next Word…");
  await workbench().page.getByText("Sample Text", { exact: true }).waitFor();
  await keepScreenshot(workbench(), "game-texts");
  await pick(workbench(), "story.md");
  await expect.poll(place).toMatch(/^story\.md, word 1 of \d+$/u);
  const word = await hiddenWord();
  await guess("xylophones");
  await expect.poll(said).toBe("Not “xylophones”. 4 guesses left.");
  await keepScreenshot(workbench(), "game-wrong");
  await guess(`${word.toUpperCase()}.`);
  await expect
    .poll(said)
    .toMatch(
      /^Right, “.+”, at guess 2 of 5\. Base would have needed [\d,]+ guess(?:es)?, RLHF [\d,]+\.$/u,
    );
  expect(await panel().locator(".passage .found").innerText()).toBe(word);
  for (const role of ["base", "rlhf"]) {
    expect(await panel().locator(`.answer.${role} tr.own`).count()).toBe(1);
  }
  expect(await score()).toEqual(["You", "Base", "RLHF"]);
  await keepScreenshot(workbench(), "game-right");
});

test("the next one is given up, and both count", async () => {
  await hasFocus("Next Word");
  await press("Enter");
  await expect.poll(place).toMatch(/word 2 of \d+$/u);
  const word = await hiddenWord();
  await hasFocus("Your guess");
  for (const key of ["Tab", "Tab", "Enter"]) await press(key);
  await expect.poll(said).toMatch(new RegExp(`^It was “${word}”\\. Base would have needed`, "u"));
  await expect
    .poll(() => panel().locator(".score p").innerText())
    .toBe("2 words against Embedded pair");
});

test("score and place outlive a reload of the window, until the game starts over", async () => {
  const twoCounted = /"round":null,"counted":\[\{[^}]*\},\{[^}]*\}\]/u;
  await expect.poll(() => isWritten(workbench().page, twoCounted)).toBe(true);
  await workbench().reload();
  await runCommand(workbench(), "Twinlens: Guess the Next Word…");
  await pick(workbench(), "Go On");
  await expect.poll(place).toMatch(/^story\.md, word 3 of \d+$/u);
  expect(await panel().locator(".score p").innerText()).toBe("2 words against Embedded pair");
  // Nobody has guessed yet.
  await panel().getByText("The models are asked as soon as you guess.").waitFor();
  await panel().getByRole("button", { name: "Start Over" }).click();
  await expect.poll(place).toMatch(/word 1 of \d+$/u);
  expect(await score()).toEqual([]);
});
