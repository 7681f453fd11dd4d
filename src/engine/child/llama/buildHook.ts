/** A hook of Node's module loader, in its thread: leads imports of some packages to files that lie elsewhere. */
import type { InitializeHook, ResolveHook } from "node:module";

/** Files' URLs, by the packages' names. */
let addresses: ReadonlyMap<string, string> = new Map();

export const initialize: InitializeHook<ReadonlyMap<string, string>> = (data) => {
  addresses = data;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  nextResolve(addresses.get(specifier) ?? specifier, context);
