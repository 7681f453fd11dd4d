import { expect, it, vi } from "vitest";
import { treeItem } from "../../src/host/views/rows";

vi.mock("vscode", () => ({
  ThemeColor: class {},
  ThemeIcon: class {},
  TreeItem: class {
    constructor(readonly label: string) {}
  },
  TreeItemCollapsibleState: {},
}));

it("reads out label, description and what the tooltip adds to them", () => {
  const row = { label: "Bits/byte", description: "0.91", tooltip: "Surprisal for each byte." };
  expect(treeItem(row)).toMatchObject({
    tooltip: "Surprisal for each byte.",
    accessibilityInformation: { label: "Bits/byte: 0.91\nSurprisal for each byte." },
  });
});

it("shows in full what may be cut, where a row has no tooltip", () => {
  expect(treeItem({ label: "Caution", description: "It is long." })).toMatchObject({
    tooltip: "Caution: It is long.",
    accessibilityInformation: { label: "Caution: It is long." },
  });
});
