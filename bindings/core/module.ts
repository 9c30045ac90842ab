/// <reference lib="esnext.disposable" preserve="true" />
import { kindError } from "./check.ts";
import { Parameter } from "./parameter.ts";
import type { Runtime } from "./runtime.ts";
import { isPlain } from "./tree.ts";

/** Parameters by name, nested names joined by dots. */
export type Parameters = Record<string, Parameter>;

/** The parameters and modules in a value: itself, or in arrays, plain objects and Maps, however nested. */
function held(
  name: string,
  value: unknown,
  above: readonly unknown[] = [],
): [name: string, child: Parameter | Module][] {
  if (value instanceof Parameter || value instanceof Module) return [[name, value]];
  if (typeof value !== "object" || value === null || above.includes(value)) return [];
  if (!Array.isArray(value) && !(value instanceof Map) && !isPlain(value)) return [];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, inner]) => held(`${name}.${key}`, inner, [...above, value]));
}

/**
 * Anything with parameters: a layer, a cell, a model of one's own. A subclass holds its parameters and other modules in
 * properties, or in arrays, plain objects and Maps there; `parameters()` finds them, in order, under the names of the
 * properties. In #private fields it cannot see them: TypeScript's `private` will do.
 */
export abstract class Module {
  #training = true;
  #home: Runtime | undefined;

  /** Whether the module is being trained; what that means is each layer's own affair. A new module is. */
  get training(): boolean {
    return this.#training;
  }

  /** @internal The runtime that the first parameter belongs to. */
  get home(): Runtime | undefined {
    this.#home ??= Object.values(this.parameters())[0]?.home;
    return this.#home;
  }

  /** Every parameter by its name, `cells.0.weight_ih`. One that can be reached by two paths counts once, under the first. */
  parameters(): Parameters {
    const found: Parameters = {};
    const seen = new Set<Parameter>();
    const add = (name: string, parameter: Parameter): void => {
      if (seen.has(parameter)) return;
      seen.add(parameter);
      found[name] = parameter;
    };
    for (const [name, child] of this.children()) {
      if (child instanceof Parameter) add(name, child);
      else
        for (const [inner, parameter] of Object.entries(child.parameters()))
          add(`${name}.${inner}`, parameter);
    }
    return found;
  }

  /** @internal The parameters and modules that this one holds itself, by name. */
  protected children(): [name: string, child: Parameter | Module][] {
    return Object.entries(this).flatMap(([name, value]) => held(name, value));
  }

  /** Puts this module and those in it into training mode, or out of it. Returns the module. */
  train(mode = true): this {
    if (typeof mode !== "boolean") throw kindError("Module.train", "true or false", mode);
    this.#training = mode;
    for (const [, child] of this.children()) if (child instanceof Module) child.train(mode);
    return this;
  }

  /** Takes this module and those in it out of training mode. Returns the module. */
  eval(): this {
    return this.train(false);
  }

  /** Gives the memory of the parameters back at once. Nobody has to: it happens by itself once the module is collected. */
  dispose(): void {
    for (const parameter of Object.values(this.parameters())) parameter.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
