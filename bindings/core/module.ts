import { kindError } from "./check.ts";
import { Parameter } from "./parameter.ts";
import type { Runtime } from "./runtime.ts";

/** Parameters by name, nested names joined by dots. */
export type Parameters = Record<string, Parameter>;

/**
 * Anything with parameters: a layer, a cell, a model of one's own. A subclass holds its parameters and other modules in
 * properties (or arrays of them); `parameters()` finds them there, in order, under the names of the properties.
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
    const found: [string, Parameter | Module][] = [];
    for (const [name, value] of Object.entries(this)) {
      const list = Array.isArray(value) ? value : [value];
      list.forEach((child: unknown, i) => {
        if (child instanceof Parameter || child instanceof Module)
          found.push([Array.isArray(value) ? `${name}.${i}` : name, child]);
      });
    }
    return found;
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
